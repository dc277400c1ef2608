using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing;

/// <summary>Makes databases with the ledger in them.</summary>
public sealed record SampleDatabase
{
    /// <summary>delete, truncate, persist or wal.</summary>
    public string JournalMode { get; init; } = "delete";

    public int PageSize { get; init; } = 4096;

    /// <summary>About how large the file becomes, in MiB; 0 for the bare tables.</summary>
    public double Megabytes { get; init; }

    /// <summary>UTF-8, UTF-16le or UTF-16be.</summary>
    public string Encoding { get; init; } = "UTF-8";

    /// <summary>none, full or incremental.</summary>
    public string AutoVacuum { get; init; } = "none";

    public int Entries { get; init; } = 10;

    /// <summary>Creates the file and closes it.</summary>
    /// <returns>Its path.</returns>
    public string Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using SqliteConnection connection = Open(path);
        Execute(connection, $"PRAGMA page_size={PageSize}; PRAGMA encoding='{Encoding}'; PRAGMA auto_vacuum={AutoVacuum}; PRAGMA synchronous=OFF");
        Execute(connection, $"PRAGMA journal_mode={JournalMode}");
        Execute(connection, "BEGIN");
        Execute(connection, Ledger.Schema);
        for (int i = 0; i < Entries; i++)
        {
            Execute(connection, Ledger.Move(i));
        }

        // Random, so that no file system that compresses makes it smaller than it looks; half a MiB a row would hide row-wise mistakes.
        const int RowBytes = 3500;
        long rows = (long)(Megabytes * 1024 * 1024 / 4096);
        Execute(
            connection,
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO filler(data) SELECT randomblob({RowBytes}) FROM n WHERE {rows} > 0");
        Execute(connection, "COMMIT");
        return path;
    }

    /// <summary>Opens a connection that is not pooled.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = mode }.ToString());
        connection.Open();
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static T Scalar<T>(string path, string sql)
    {
        using SqliteConnection connection = Open(path, SqliteOpenMode.ReadOnly);
        return Scalar<T>(connection, sql);
    }

    public static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }
}
