using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>SQLite builds that are not ours: the sqlite3 shell, or the one in Python.</summary>
public static class Judge
{
    private const string PythonQuery =
        "import sqlite3,sys\nfor r in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print('|'.join('' if v is None else str(v) for v in r))";

    private static readonly Lazy<string?> Tool = new(() => Array.Find(["sqlite3", "python3"], Answers));

    /// <summary>Why there is no judge, or null where there is one.</summary>
    public static string? Missing => Tool.Value is null ? "neither the sqlite3 shell nor python3 is on PATH" : null;

    /// <summary>integrity_check by another build of SQLite; "ok" when it found nothing.</summary>
    public static string IntegrityCheck(string database) => Query(database, "PRAGMA integrity_check");

    /// <summary>Rows as lines, columns divided by a bar.</summary>
    public static string Query(string database, string sql)
    {
        (string output, string error, int code) = Tool.Value switch
        {
            "sqlite3" => Run("sqlite3", "-batch", database, sql),
            "python3" => Run("python3", "-c", PythonQuery, database, sql),
            _ => throw new InvalidOperationException(Missing),
        };
        return code == 0 ? output.Trim() : $"error: {error.Trim()}";
    }

    /// <summary>SHA-256 of a file as sha256sum prints it.</summary>
    public static string Sha256(string path) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))).ToLowerInvariant();

    private static bool Answers(string tool)
    {
        try
        {
            return (tool == "sqlite3" ? Run(tool, "-version") : Run(tool, "-c", "import sqlite3")).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (string Output, string Error, int ExitCode) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result, process.ExitCode);
    }
}
