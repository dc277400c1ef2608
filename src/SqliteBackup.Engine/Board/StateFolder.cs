using SqliteBackup.Engine.Files;
using SqliteBackup.Engine.Native;

namespace SqliteBackup.Engine.Board;

/// <summary>The folder in which this user's sessions leave word for each other: private to the user, at the platform's own place.</summary>
internal static class StateFolder
{
    /// <summary>The environment variable that names another place.</summary>
    public const string Variable = "SQLITEBACKUP_STATE";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The full path of the place, which need not exist.</summary>
    public static string Current
    {
        get
        {
            string? chosen = Environment.GetEnvironmentVariable(Variable);
            return Path.GetFullPath(string.IsNullOrWhiteSpace(chosen) ? Platform() : chosen);
        }
    }

    /// <summary>Makes a folder in the place, and the place itself, where they are missing. A place that is there keeps its rights.</summary>
    /// <exception cref="IOException">The folder is somebody else's.</exception>
    public static void Ensure(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnerOnly);
        if (new DirectoryInfo(folder).LinkTarget is not null || FileStatus.Of(folder)?.Owner != PosixFiles.EffectiveUser())
        {
            throw new IOException($"'{folder}' belongs to somebody else. Set {Variable} to a folder of your own.");
        }

        if (File.GetUnixFileMode(folder) != OwnerOnly)
        {
            File.SetUnixFileMode(folder, OwnerOnly);
        }
    }

    private static string Platform()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Home(Environment.SpecialFolder.LocalApplicationData), "SqliteBackup");
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(Home(Environment.SpecialFolder.UserProfile), "Library", "Application Support", "SqliteBackup");
        }

        // A relative path there is invalid and to be ignored (https://specifications.freedesktop.org/basedir-spec/latest/).
        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is string state && Path.IsPathRooted(state)
            ? Path.Combine(state, "sqlitebackup")
            : Path.Combine(Home(Environment.SpecialFolder.UserProfile), ".local", "state", "sqlitebackup");
    }

    // A service may have no home at all; what it runs is then seen by those who share this folder with it.
    private static string Home(Environment.SpecialFolder folder)
    {
        string path = Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
        return path.Length > 0 ? path : Path.Combine(Path.GetTempPath(), $"sqlitebackup-{Environment.UserName}");
    }
}
