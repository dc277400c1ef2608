using Microsoft.Data.Sqlite;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Restore;

/// <summary>
/// Restores one backup to one database: verify, save what is there, copy. An existing database is written through the backup API in one
/// transaction (https://sqlite.org/backup.html): whoever has it open sees the old content, then the new.
/// </summary>
public sealed class DatabaseRestore
{
    private readonly RestoreRequest _request;
    private readonly ProgressMeter _meter;
    private readonly LockWaiter _busy;
    private readonly BackupVerifier _verifier;
    private readonly string _asideSuffix;
    private readonly CancellationToken _cancellationToken;

    private DatabaseRestore(RestoreRequest request, IBackupObserver? observer, CancellationToken cancellationToken)
    {
        _request = request;
        _cancellationToken = cancellationToken;
        var operation = new OperationContext(request.Backup, request.Database, request.Copy, observer, control: null, cancellationToken);
        _meter = operation.Meter;
        _busy = operation.WaiterFor(request.Database, "restore");
        _verifier = new BackupVerifier(
            request, _meter, operation.WaiterFor(request.Backup, "restore"));
        _asideSuffix = SafetyCopyName.SuffixAt(DateTime.UtcNow);
    }

    private string Database => _request.Database;

    /// <summary>Runs a restore on the calling thread until the database has the backup's content.</summary>
    /// <param name="request">What to restore, and where.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="cancellationToken">Ends the restore within a step; the database is then as it was.</param>
    /// <returns>What the restore was.</returns>
    /// <exception cref="SqliteBackupException">The restore failed; the database is as it was.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RestoreResult Run(RestoreRequest request, IBackupObserver? observer, CancellationToken cancellationToken) =>
        Run(request, observer, new BackupControl(), cancellationToken);

    /// <summary>Runs a restore on the calling thread until the database has the backup's content; another thread may stop it.</summary>
    /// <param name="request">What to restore, and where.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="control">Stops it. Being suspended has no meaning for a restore, which holds its database locked.</param>
    /// <param name="cancellationToken">Ends the restore within a step; the database is then as it was.</param>
    /// <returns>What the restore was.</returns>
    /// <exception cref="SqliteBackupException">The restore failed; the database is as it was.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the control was told to stop.</exception>
    public static RestoreResult Run(RestoreRequest request, IBackupObserver? observer, BackupControl control, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(control);
        NativeSqlite.Initialize();
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using IDisposable attachment = control.Attach(running);
        var restore = new DatabaseRestore(request, observer, running.Token);
        try
        {
            RestoreResult result = restore.Run();
            restore._meter.Enter(BackupState.Completed);
            return result;
        }
        catch (Exception exception)
        {
            restore._meter.Enter(exception is OperationCanceledException ? BackupState.Stopped : BackupState.Failed);
            throw;
        }
    }

    /// <summary>Looks whether a restore may be begun. Nothing is opened.</summary>
    /// <param name="request">The restore.</param>
    /// <returns>Whether the database exists, and its content would be replaced.</returns>
    /// <exception cref="SqliteBackupException">The database exists and may not be overwritten, is a folder, or is the backup itself.</exception>
    public static bool Check(RestoreRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RestoreRules.Check(request);
    }

    private RestoreResult Run()
    {
        _busy.ThrowIfOver();
        bool exists = RestoreRules.Check(_request);
        try
        {
            using VerifiedBackup verified = _verifier.Run();
            return exists ? Replace(verified) : Create(verified);
        }
        catch (SqliteBackupException exception) when (RestoreRules.Translate(exception, Database) is SqliteBackupException translated)
        {
            throw translated;
        }
    }

    private RestoreResult Create(VerifiedBackup verified)
    {
        CopyStatistics copied = new() { PageSize = verified.Header.PageSize, PageCount = (int)verified.Header.PageCount };
        using StagedFile? fresh = verified.Staged is null ? StagedFile.Create(Database) : null;
        if (fresh is not null)
        {
            using SqliteConnection destination = SqliteConnector.OpenStaging(fresh.Path);
            copied = new RestoreLoop(verified, _request.Copy, _meter, _busy).Run(destination.Handle!, fresh.Path, () => { });
        }

        StagedFile staged = fresh ?? verified.Staged!;
        verified.Close();
        _busy.ThrowIfOver();
        _meter.Enter(BackupState.Publishing);
        long bytes = staged.Length;
        staged.Flush();
        using var stale = new StaleSidecars();
        stale.MoveAside(Database, _asideSuffix, _meter.Warn);
        try
        {
            staged.Publish(overwrite: false, BackupRights.For(_request.Backup, staged.Path));
        }
        catch (SqliteBackupException exception) when (exception.FileStands)
        {
            stale.Keep();
            throw;
        }

        stale.Keep();
        return CreateResult(copied, bytes / copied.PageSize, "delete", replaced: false, safetyCopy: null);
    }

    private RestoreResult Replace(VerifiedBackup verified)
    {
        string? safetyCopy = _request.TakeSafetyCopy && FileStatus.Of(Database)?.Size > 0
            ? RestoreRules.SafetyCopyPath(_request, _asideSuffix)
            : null;
        if (safetyCopy is not null)
        {
            SafetyCopy.CheckPath(Database, safetyCopy);
        }

        using LiveTarget target = LiveTarget.Open(Database, _busy);
        using VerifiedBackup? converted = target.IsWal && target.PageSize != verified.Header.PageSize
            ? new PageSizeConversion(_request, _verifier, _meter, _busy).Run(verified, target.PageSize)
            : null;
        VerifiedBackup source = converted ?? verified;
        WarnOfEncoding(source, target);
        bool taken = false;
        try
        {
            CopyOptions pace = LockedPace.Bound(
                _request.Copy, (FileStatus.Of(source.Path)?.Size ?? 0) + (safetyCopy is null ? 0 : FileStatus.Of(Database)?.Size ?? 0), Database, _meter.Warn);
            CopyStatistics copied = new RestoreLoop(source, pace, _meter, _busy).Run(target.Handle, Database, () =>
            {
                target.ThrowIfModeChanged();
                if (safetyCopy is not null)
                {
                    SafetyCopy.Take(target, safetyCopy, pace, _meter, _busy, _cancellationToken);
                    taken = true;
                }
            });
            target.Checkpoint(_meter);
            return CreateResult(copied, copied.PageCount, target.IsWal ? "wal" : "delete", replaced: true, safetyCopy);
        }
        catch
        {
            target.Dispose();
            LiveTarget.RollBack(Database, _meter);
            if (taken)
            {
                _meter.Warn($"'{Database}' is as it was. The safety copy '{safetyCopy}' was already made and stays; remove it when you do not need it.");
            }

            throw;
        }
    }

    private void WarnOfEncoding(VerifiedBackup source, LiveTarget target)
    {
        if (target.Encoding != 0 && source.Header.Encoding != target.Encoding)
        {
            _meter.Warn($"The backup '{_request.Backup}' stores its text in another encoding than '{Database}'. Programs that have the database open get errors until they open it again.");
        }
    }

    private RestoreResult CreateResult(CopyStatistics copied, long pageCount, string journalMode, bool replaced, string? safetyCopy)
    {
        TimeSpan duration = _meter.Elapsed;
        long bytes = pageCount * copied.PageSize;
        return new RestoreResult
        {
            Backup = _request.Backup,
            Database = Database,
            Replaced = replaced,
            SafetyCopy = safetyCopy,
            JournalMode = journalMode,
            PageSize = copied.PageSize,
            PageCount = pageCount,
            Bytes = bytes,
            StartedAt = _meter.StartedAt,
            Duration = duration,
            BytesPerSecond = bytes / duration.TotalSeconds,
            BusyRetries = _meter.BusyRetries,
            ThrottledFor = copied.ThrottledFor,
            Verified = _request.Verify,
            SqliteVersion = NativeSqlite.Version,
        };
    }
}
