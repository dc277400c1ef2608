using System.Diagnostics;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Copying;

/// <summary>
/// Copies a database without its free pages: <c>VACUUM INTO</c> (https://sqlite.org/lang_vacuum.html) under one read transaction. Its progress
/// is the size of the growing file; its end is bounded as that of one pass under a read lock.
/// </summary>
internal static class VacuumCopy
{
    // A row takes three instructions of SQLite's virtual machine, and may take many pages.
    private const int InstructionsBetweenLooks = 200;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(50);

    /// <summary>Copies into a staged file that is still empty.</summary>
    public static CopyStatistics Run(BackupSource source, string stagedPath, CopyOptions options, ProgressMeter meter, LockWaiter busy)
    {
        sqlite3 handle = source.Handle;
        var statistics = new CopyStatistics
        {
            Mode = source.IsWal || source.IsFrozen ? CopyMode.Snapshot : CopyMode.SingleStep,
            PageSize = (int)SqliteQuery.Integer(handle, "PRAGMA page_size", source.Path),
            Steps = 1,
        };
        long pages = SqliteQuery.Integer(handle, "PRAGMA page_count", source.Path)
            - SqliteQuery.Integer(handle, "PRAGMA freelist_count", source.Path);
        var clock = Stopwatch.StartNew();
        TimeSpan reportedAt = -BetweenReports;
        bool stalls = false;
        raw.sqlite3_progress_handler(
            handle,
            InstructionsBetweenLooks,
            _ =>
            {
                if (meter.Elapsed - reportedAt >= BetweenReports)
                {
                    reportedAt = meter.Elapsed;
                    statistics.WalSeen(source.WalBytes);
                    Report(statistics, meter, stagedPath, pages);
                }

                stalls = !source.IsWal && !source.IsFrozen && clock.Elapsed > options.MaxWriterStall;
                return stalls || busy.IsOver ? 1 : 0;
            },
            null);
        try
        {
            int code = busy.Retry(() =>
            {
                clock.Restart();
                statistics.SnapshotTakenAt = DateTime.UtcNow;
                return Execute(handle, stagedPath);
            });
            statistics.ReadLockHeld(clock.Elapsed);
            busy.ThrowIfOver();
            ThrowIfStalled(stalls, source.Path, options);
            SqliteErrors.Check(code, handle, BackupFailure.BackupFailed, source.Path);
        }
        finally
        {
            raw.sqlite3_progress_handler(handle, 0, null, null);
        }

        statistics.PageCount = (int)((FileStatus.Of(stagedPath)?.Size ?? 0) / statistics.PageSize);
        statistics.PagesCopied = statistics.PageCount;
        statistics.Stepping = clock.Elapsed;
        meter.Copied(statistics, statistics.PageCount, 0, BackupWait.None);
        return statistics;
    }

    private static int Execute(sqlite3 handle, string stagedPath)
    {
        int code = raw.sqlite3_prepare_v2(handle, "VACUUM main INTO ?", out sqlite3_stmt statement);
        if (code != raw.SQLITE_OK)
        {
            return code;
        }

        using (statement)
        {
            raw.sqlite3_bind_text(statement, 1, stagedPath);
            code = raw.sqlite3_step(statement);
            return code == raw.SQLITE_DONE ? raw.SQLITE_OK : code;
        }
    }

    private static void Report(CopyStatistics statistics, ProgressMeter meter, string stagedPath, long pages)
    {
        long written = Math.Min(pages, (FileStatus.Of(stagedPath)?.Size ?? 0) / statistics.PageSize);
        statistics.PagesCopied = written;
        meter.Copied(statistics, (int)pages, (int)(pages - written), BackupWait.None);
    }

    private static void ThrowIfStalled(bool stalls, string path, CopyOptions options)
    {
        if (stalls)
        {
            throw new SqliteBackupException(
                BackupFailure.BackupStalled,
                path,
                $"'{path}' was not compacted within {options.MaxWriterStall.TotalSeconds:0.###} seconds, for which its writers wait (-MaxWriterStallSeconds). Put the database in WAL mode, raise the bound, or leave -Compact out.");
        }
    }
}
