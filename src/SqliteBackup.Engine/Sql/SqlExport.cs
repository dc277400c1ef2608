using System.Text;
using SqliteBackup.Catalog;
using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Sql;

/// <summary>Writes a live database, or a backup, as SQL text, from one read transaction, one statement at a time.</summary>
public static class SqlExport
{
    // A look at the clock takes longer than a short row.
    private const int BytesBetweenLooks = 1 << 14;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file, compressed where its name ends in .gz or .zst. It gets its name only when it is complete.</summary>
    /// <param name="request">What to write.</param>
    /// <param name="destination">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    /// <param name="progress">Told the bytes of SQL text so far and the size of the database, at most ten times a second; or null.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="SqliteBackupException">It failed; nothing is left behind.</exception>
    public static ExportResult ToFile(
        ExportRequest request, string destination, bool overwrite, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        DestinationRules.Check(request.Database, destination, overwrite);
        StagingName.SweepAbandoned(Path.GetDirectoryName(destination)!);
        using StagedFile staged = StagedFile.Create(destination);
        BackupCompression compression = BackupDestinations.CompressionOf(destination);
        ExportResult result = FileErrors.Guard(staged.Path, BackupFailure.BackupFailed, () =>
        {
            using Stream file = staged.OpenStream();
            using Stream text = compression == BackupCompression.None ? new BufferedStream(file, 1 << 20) : Codec.Compress(file, compression, null);
            return Run(
                request,
                statement =>
                {
                    text.Write(statement.Span);
                    text.WriteByte((byte)'\n');
                },
                progress,
                cancellationToken);
        });
        long stored = staged.Length;
        cancellationToken.ThrowIfCancellationRequested();
        staged.Publish(overwrite, BackupRights.For(request.Database, staged.Path));
        return result with { Backup = destination, StoredBytes = stored };
    }

    /// <summary>Hands each statement on, as UTF-8 without a line end. The memory is only valid during the call.</summary>
    /// <param name="request">What to write.</param>
    /// <param name="write">Takes a statement.</param>
    /// <param name="progress">See <see cref="ToFile"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="SqliteBackupException">It failed.</exception>
    public static ExportResult Run(
        ExportRequest request, Action<ReadOnlyMemory<byte>> write, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        NativeSqlite.Initialize();
        var operation = OperationContext.Reading(request.Database, request.BusyTimeout, cancellationToken);
        ProgressMeter meter = operation.Meter;
        LockWaiter busy = operation.WaiterFor(request.Database);
        var statistics = new CopyStatistics();
        BackupReader? encoded = BackupReader.TryOpenEncoded(request.Database, request.Identities);
        using var unpacked = new ReadableBackup(request.Database, request.BusyTimeout, request.StagingFolder, cancellationToken);
        using BackupSource source = encoded is null
            ? new SourceOpener(request.Database, busy, () => StagedFile.Create(CopyPath(request.StagingFolder))).Open()
            : unpacked.OpenEncoded(encoded, cancellationToken);
        using var snapshot = new SourceSnapshot(source, busy, statistics);
        snapshot.Take();
        long size = FileStatus.Of(source.Path)?.Size ?? 0;
        long bytes = 0;
        long lookedAt = -BytesBetweenLooks;
        TimeSpan reportedAt = -ProgressMeter.Interval;
        var dump = new SqlDump(
            source.Handle,
            request,
            statement =>
            {
                bytes += statement.Length + 1;
                write(statement);
                if (bytes - lookedAt >= BytesBetweenLooks)
                {
                    lookedAt = bytes;
                    Report();
                }
            },
            cancellationToken);
        dump.Run();

        void Report()
        {
            if (meter.Elapsed - reportedAt >= ProgressMeter.Interval)
            {
                reportedAt = meter.Elapsed;
                progress?.Invoke(bytes, size);
            }
        }

        return new ExportResult
        {
            Database = request.Database,
            Tables = dump.Tables,
            Rows = dump.Rows,
            Bytes = bytes,
            StartedAt = meter.StartedAt,
            Duration = meter.Elapsed,
            SnapshotTakenAt = encoded?.Manifest?.SnapshotTakenAt ?? statistics.SnapshotTakenAt,
        };
    }

    /// <summary>Hands each statement on as a string.</summary>
    /// <param name="request">What to write.</param>
    /// <param name="write">Takes a statement.</param>
    /// <param name="progress">See <see cref="ToFile"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="SqliteBackupException">It failed, or a name in the schema is not valid UTF-8: no string can hold that.</exception>
    public static ExportResult ToStrings(ExportRequest request, Action<string> write, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(write);
        return Run(
            request,
            statement =>
            {
                string text;
                try
                {
                    text = Strict.GetString(statement.Span);
                }
                catch (DecoderFallbackException exception)
                {
                    throw new SqliteBackupException(
                        BackupFailure.BackupFailed,
                        request.Database,
                        $"The schema of '{request.Database}' has a name or an expression that is not valid UTF-8, which no string can hold. Export it to a file. The statement begins: {Encoding.UTF8.GetString(statement.Span[..Math.Min(statement.Length, 100)])}",
                        innerException: exception);
                }

                write(text);
            },
            progress,
            cancellationToken);
    }

    /// <summary>Where a database that a crash left unfinished is recovered in a private copy.</summary>
    internal static string CopyPath(string? folder = null) => Path.Combine(folder ?? Path.GetTempPath(), "sqlitebackup-export.db");
}
