using SqliteBackup.Backup;
using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Restore;

/// <summary>
/// Copies a database before its content is replaced, while the restore already holds its write lock: no commit can fall between the copy and
/// the restore. It is not checked: it is as good as what it is a copy of.
/// </summary>
internal static class SafetyCopy
{
    /// <summary>Throws unless the copy may be made there.</summary>
    public static void CheckPath(string database, string path) => DestinationRules.Check(database, path, mayExist: false);

    /// <summary>Makes the copy.</summary>
    public static void Take(
        LiveTarget target, string path, CopyOptions options, ProgressMeter meter, LockWaiter busy, CancellationToken cancellationToken)
    {
        if (target.IsWal)
        {
            // Readers of a WAL see the last commit whoever holds the write lock.
            TimeSpan? left = options.Timeout is TimeSpan limit ? limit - meter.Active : null;
            DatabaseBackup.Run(RequestFor(target.Path, path, options with { Timeout = left }), null, cancellationToken);
            return;
        }

        // A rollback-journal database under its exclusive lock can be read by nobody else, and by nobody changed: its bytes are the copy.
        var pace = new CopyPace(options, target.PageSize);
        using StagedFile staged = StagedFile.Create(path);
        staged.BeginFlush();
        using (var bytes = new RawDatabaseStream(RawDatabaseFile.Open(target.Path), FileStatus.Of(target.Path)?.Size ?? 0, leavesLocksOut: true))
        {
            Stream destination = staged.OpenStream();
            long before = 0;
            TimeSpan began = meter.Active;
            FileErrors.Guard(path, BackupFailure.RestoreFailed, () =>
            {
                StreamCopy.Run(bytes, destination, copied =>
                {
                    busy.ThrowIfOver();
                    TimeSpan pause = pace.PauseAfter(copied - before, began, meter.Active).Duration;
                    before = copied;
                    if (pause > TimeSpan.Zero)
                    {
                        busy.Sleep(pause);
                    }

                    began = meter.Active;
                });
            });
        }

        staged.Publish(overwrite: false, BackupRights.For(target.Path, staged.Path));
    }

    private static BackupRequest RequestFor(string database, string path, CopyOptions options) =>
        new() { Database = database, Destination = path, Verify = VerifyLevel.None, Copy = options };
}
