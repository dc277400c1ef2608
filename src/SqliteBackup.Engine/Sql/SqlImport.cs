using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;
using ZstdSharp;

namespace SqliteBackup.Sql;

/// <summary>Runs SQL text into a new database, which gets its name only when every statement ran and the result was checked.</summary>
public static class SqlImport
{
    // How many instructions of SQLite's virtual machine pass between two looks at the cancellation token.
    private const int InstructionsBetweenLooks = 10_000;

    private const int MaxOfStatementShown = 100;

    private const int MaxOfBeginning = 4096;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a file, or the text of the request.</summary>
    /// <param name="request">Which file, and where to.</param>
    /// <param name="progress">Told the bytes of the file read so far and in all, at most ten times a second; or null.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="SqliteBackupException">It failed; nothing is left behind. Where a statement is to blame, the message has its line.</exception>
    public static ImportResult Run(ImportRequest request, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        NativeSqlite.Initialize();
        DateTime startedAt = DateTime.UtcNow;
        var clock = Stopwatch.StartNew();
        if (request.Text is null && !File.Exists(request.Path))
        {
            throw new SqliteBackupException(
                BackupFailure.FileNotFound, request.Path, $"There is no file '{request.Path}', or this user may not enter its folder. Check the path.");
        }

        DestinationRules.Check(request.Path, request.Destination, request.Overwrite);
        StagingName.SweepAbandoned(Path.GetDirectoryName(request.Destination)!);
        using StagedFile staged = StagedFile.Create(request.Destination);
        long statements = Fill(request, staged, progress, cancellationToken);
        ThrowIfEmpty(request, staged);
        IReadOnlyList<string> leftOut = Check(request, staged, cancellationToken);
        long bytes = staged.Length;
        staged.Publish(request.Overwrite, request.Text is null ? BackupRights.For(request.Path, staged.Path) : BackupRights.OwnerOnly);
        return new ImportResult
        {
            Database = request.Destination,
            Backup = request.Text is null ? request.Path : null,
            Statements = statements,
            Bytes = bytes,
            StartedAt = startedAt,
            Duration = clock.Elapsed,
            Verified = request.Verify,
            LeftOutOfCheck = leftOut,
        };
    }

    private static long Fill(ImportRequest request, StagedFile staged, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = SqliteConnector.OpenNew(staged.Path, mayCreate: request.AllowUnsafe);
        sqlite3 handle = connection.Handle!;
        var guard = new ImportGuard(handle, request.AllowUnsafe);
        raw.sqlite3_progress_handler(handle, InstructionsBetweenLooks, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        long statements;
        try
        {
            statements = RunAll(request, handle, guard, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or IOException or DecoderFallbackException)
        {
            throw Failed(request, $"'{request.Path}' can't be read: {exception.Message}", exception);
        }

        // A database that the text left empty has no page yet; VACUUM would refuse inside a transaction of the text.
        Execute(handle, "PRAGMA journal_mode=DELETE; PRAGMA user_version", staged.Path);
        return statements;
    }

    private static long RunAll(
        ImportRequest request, sqlite3 handle, ImportGuard guard, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        using SqlFile file = request.Text is null ? SqlFile.Open(request.Path) : SqlFile.Of(request.Text, request.Path);
        var reader = new StatementReader(file.Text, file.MaxStatementBytes(raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_SQL_LENGTH, -1)));
        byte[]? beginning = null;
        var sinceReport = Stopwatch.StartNew();
        long statements = 0;
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            beginning ??= reader.Statement[..Math.Min(reader.Statement.Length, MaxOfBeginning)].ToArray();
            try
            {
                RunOne(request, handle, guard, reader, beginning, cancellationToken);
            }
            catch (SqliteBackupException)
            {
                // Where compressed data is cut short, its end can decompress to nonsense: then that is what is wrong, and not the statement.
                ReadAhead(file.Text);
                throw;
            }

            statements++;
            if (sinceReport.Elapsed >= BetweenReports)
            {
                sinceReport.Restart();
                progress?.Invoke(file.Position, file.Length);
            }
        }

        return raw.sqlite3_get_autocommit(handle) != 0
            ? statements
            : throw Failed(request, $"'{request.Path}' ends inside a transaction: it is cut short. Nothing was made of it.");
    }

    // Nonsense is at the very end of a file; how much more there is of another makes no difference.
    private static void ReadAhead(Stream text)
    {
        byte[] buffer = new byte[1 << 16];
        for (int i = 0; i < 16 && text.Read(buffer) > 0; i++)
        {
        }
    }

    private static void RunOne(
        ImportRequest request, sqlite3 handle, ImportGuard guard, StatementReader reader, byte[] beginning, CancellationToken cancellationToken)
    {
        // SQLite takes a NUL for the end of its text, and would leave out what follows.
        if (reader.Statement.IndexOf((byte)0) is int at and >= 0)
        {
            long line = reader.Line + reader.Statement[..at].Count((byte)'\n');
            throw Failed(
                request, $"'{request.Path}', line {line:N0}: there is a zero byte, which SQL text can't hold. Nothing was made of the file. It is damaged, or no SQL text.");
        }

        guard.Reset();
        ReadOnlySpan<byte> rest = reader.Statement;
        int code = raw.SQLITE_OK;
        while (!rest.IsEmpty && code is raw.SQLITE_OK or raw.SQLITE_DONE)
        {
            code = SqliteStatement.Prepare(handle, rest, out SqliteStatement statement, out rest);
            using (statement)
            {
                // A comment alone gives no statement.
                while (code is raw.SQLITE_OK or raw.SQLITE_ROW && !statement.IsEmpty)
                {
                    code = statement.Step();
                }
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            string shown = Encoding.UTF8.GetString(reader.Statement[..Math.Min(reader.Statement.Length, MaxOfStatementShown)]).ReplaceLineEndings(" ");
            string reason = guard.Refused is string refused ? $"was refused, because {refused}" : $"failed: {raw.sqlite3_errmsg(handle).utf8_to_string()}";
            throw new SqliteBackupException(
                BackupFailure.RestoreFailed,
                request.Path,
                $"'{request.Path}', line {reader.Line:N0}: the statement {reason}.{ForeignText.Explain(beginning, reader.Statement)} Nothing was made of the file. The statement begins: {shown}",
                SqliteErrors.Extended(handle, code));
        }
    }

    // A dump that failed leaves an empty file, and that is no reason to replace a database by nothing.
    private static void ThrowIfEmpty(ImportRequest request, StagedFile staged)
    {
        if (staged.Length == 0)
        {
            throw Failed(
                request, $"The SQL in '{request.Path}' makes nothing: no table, no setting. Nothing was written to '{request.Destination}'. Check where the file comes from; a dump that failed leaves an empty one.");
        }
    }

    private static IReadOnlyList<string> Check(ImportRequest request, StagedFile staged, CancellationToken cancellationToken)
    {
        if (request.Verify == VerifyLevel.None)
        {
            return [];
        }

        IntegrityResult answer = IntegrityCheck.Run(staged.Path, isPrivate: true, request.Verify, cancellationToken);
        if (answer.Status != IntegrityStatus.Ok)
        {
            throw new SqliteBackupException(
                BackupFailure.IntegrityCheckFailed,
                request.Path,
                $"What '{request.Path}' made did not pass its check: {string.Join("; ", answer.Findings)}. Nothing was published. -Verify None takes it as it is.");
        }

        return answer.LeftOut;
    }

    private static void Execute(sqlite3 handle, string sql, string path) =>
        SqliteErrors.Check(raw.sqlite3_exec(handle, sql), handle, BackupFailure.DestinationOpenFailed, path);

    private static SqliteBackupException Failed(ImportRequest request, string message, Exception? cause = null) =>
        new(BackupFailure.RestoreFailed, request.Path, message, innerException: cause);
}
