using System.Text;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Copying;

/// <summary>
/// Rewrites a finished private copy without its free pages: <c>VACUUM INTO</c> (https://sqlite.org/lang_vacuum.html). Nobody waits for it, so it
/// keeps to the rate limit and holds still while the backup is suspended. Its progress is the size of the growing file.
/// </summary>
internal sealed class VacuumCopy
{
    // A row takes three instructions of SQLite's virtual machine, and may take many pages.
    private const int InstructionsBetweenLooks = 200;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    private readonly string _stagedPath;
    private readonly ProgressMeter _meter;
    private readonly LockWaiter _busy;
    private readonly CopyStatistics _statistics;
    private readonly CopyPace _pace;
    private readonly bool _hasRate;
    private readonly long _pages;
    private TimeSpan _lookedAt;
    private long _written;

    private VacuumCopy(PrivateSource source, string stagedPath, CopyOptions options, ProgressMeter meter, LockWaiter busy)
    {
        _stagedPath = stagedPath;
        _meter = meter;
        _busy = busy;
        _statistics = new CopyStatistics
        {
            Mode = CopyMode.Snapshot,
            PageSize = (int)SqliteQuery.Integer(source.Handle, "PRAGMA page_size", source.Path),
            Steps = 1,
            SnapshotTakenAt = DateTime.UtcNow,
        };
        _pages = SqliteQuery.Integer(source.Handle, "PRAGMA page_count", source.Path)
            - SqliteQuery.Integer(source.Handle, "PRAGMA freelist_count", source.Path);
        _pace = new CopyPace(options, _statistics.PageSize);
        _hasRate = options.LowestRate is not null;
        _lookedAt = meter.Active;
    }

    /// <summary>Rewrites into a staged file that is still empty.</summary>
    public static CopyStatistics Run(PrivateSource source, string stagedPath, CopyOptions options, ProgressMeter meter, LockWaiter busy)
    {
        var compaction = new VacuumCopy(source, stagedPath, options, meter, busy);
        raw.sqlite3_progress_handler(source.Handle, InstructionsBetweenLooks, _ => compaction.Look(), null);
        try
        {
            int code = Execute(source.Handle, stagedPath);
            busy.ThrowIfOver();
            SqliteErrors.Check(code, source.Handle, BackupFailure.BackupFailed, stagedPath);
        }
        finally
        {
            raw.sqlite3_progress_handler(source.Handle, 0, null, null);
        }

        return compaction.Finish();
    }

    private static int Execute(sqlite3 handle, string stagedPath)
    {
        int code = SqliteStatement.Prepare(handle, "VACUUM main INTO ?"u8, out SqliteStatement statement, out _);
        using (statement)
        {
            return code == raw.SQLITE_OK ? statement.With(Encoding.UTF8.GetBytes(stagedPath)).Step() : code;
        }
    }

    // Called by SQLite: not 0 ends the statement. Nothing may be thrown through it.
    private int Look()
    {
        // A look costs a question to the file system. Under a limit each counts: SQLite writes megabytes in the time between two.
        if (!_hasRate && _meter.Active - _lookedAt < BetweenLooks)
        {
            return _busy.IsOver ? 1 : 0;
        }

        try
        {
            Pause(FileStatus.Of(_stagedPath)?.Size ?? 0);
            return 0;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SqliteBackupException)
        {
            // The backup is over; who started the statement finds that, too.
            return 1;
        }
    }

    private void Pause(long written)
    {
        (TimeSpan pause, BackupWait reason) = _pace.PauseAfter(written - _written, _lookedAt, _meter.Active);
        _written = written;
        Report(reason);
        TimeSpan pausedAt = _meter.Active;
        _busy.Sleep(pause);
        _statistics.ThrottledFor += reason == BackupWait.RateLimit ? _meter.Active - pausedAt : TimeSpan.Zero;
        _lookedAt = _meter.Active;
    }

    private void Report(BackupWait reason)
    {
        long pages = Math.Min(_pages, _written / _statistics.PageSize);
        _statistics.PagesCopied = pages;
        _meter.Copied(_statistics, (int)_pages, (int)(_pages - pages), reason);
    }

    private CopyStatistics Finish()
    {
        long bytes = FileStatus.Of(_stagedPath)?.Size ?? 0;

        // What SQLite had in its cache is written by its last instruction, after the last look.
        Pause(bytes);
        _statistics.PageCount = (int)(bytes / _statistics.PageSize);
        _statistics.PagesCopied = _statistics.PageCount;
        _meter.Copied(_statistics, _statistics.PageCount, 0, BackupWait.None);
        return _statistics;
    }
}
