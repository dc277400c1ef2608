using Microsoft.Data.Sqlite;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>A folder of its own with databases in it; gone afterwards.</summary>
internal sealed class DatabaseFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sqlitebackup module ").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a database with rows of about a page each, and closes it.</summary>
    public string Create(string name, int rows = 20)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using SqliteConnection connection = Open(path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            $"""
            CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB);
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {rows})
            INSERT INTO item SELECT n, zeroblob(3000) FROM number;
            """;
        command.ExecuteNonQuery();
        return path;
    }

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>The files of a folder in here, by name; none where the folder is not there.</summary>
    public string[] Files(string folder = "") => !Directory.Exists(this[folder]) ? [] :
        [.. Directory.EnumerateFiles(this[folder]).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static long Rows(string database) => Scalar(database, "SELECT count(*) FROM item");

    public static long Pages(string database) => Scalar(database, "PRAGMA page_count");

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static long Scalar(string database, string query)
    {
        using SqliteConnection connection = Open(database);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
