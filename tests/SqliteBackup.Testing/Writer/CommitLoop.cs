using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Testing.Writer;

/// <summary>
/// A writer: commits at a set rate, waits for locks as an application with a busy timeout does, and keeps count of how that went.
/// </summary>
/// <param name="connection">An open connection. SQLite itself waits for its locks: see <see cref="Open"/>.</param>
/// <param name="commit">One transaction, given its number; from BEGIN to COMMIT it is what is timed.</param>
/// <param name="commitsPerSecond">The rate, or 0 for back to back.</param>
internal sealed class CommitLoop(SqliteConnection connection, Action<SqliteConnection, long> commit, double commitsPerSecond)
{
    public CommitTimes Times { get; } = new();

    public long Commits { get; private set; }

    public long Errors { get; private set; }

    public string? FirstError { get; private set; }

    /// <summary>Opens a connection for a writer.</summary>
    /// <remarks>
    /// Microsoft.Data.Sqlite would meet a lock by sleeping 150 ms at a time until its command timeout, which is no application's busy
    /// timeout and spoils every time that is taken. So SQLite waits by itself, and the command timeout is the shortest there is.
    /// </remarks>
    public static SqliteConnection Open(string database, int busyTimeoutMilliseconds, SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = database, Pooling = false, Mode = mode, DefaultTimeout = 1 }.ToString());
        connection.Open();
        Execute(connection, $"PRAGMA busy_timeout={busyTimeoutMilliseconds}");
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Commits until told to stop.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        long begun = Stopwatch.GetTimestamp();
        for (long number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            CommitOnce(number);
            if (commitsPerSecond > 0)
            {
                // By the schedule, not by the last commit: one that came late does not shift the rate.
                TimeSpan due = TimeSpan.FromSeconds((number + 1) / commitsPerSecond) - Stopwatch.GetElapsedTime(begun);
                if (due > TimeSpan.Zero)
                {
                    cancellationToken.WaitHandle.WaitOne(due);
                }
            }
        }
    }

    private void CommitOnce(long number)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            commit(connection, number);
            Commits++;
        }
        catch (SqliteException exception)
        {
            Errors++;
            FirstError ??= $"{exception.Message} Extended code {exception.SqliteExtendedErrorCode}, the system's {NativeSqlite.SystemErrorNumber(connection.Handle!)}.";
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle!) == 0)
            {
                Execute(connection, "ROLLBACK");
            }
        }

        Times.Add(Stopwatch.GetElapsedTime(began));
    }
}
