using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Catalog;

/// <summary>Takes fingerprints of databases.</summary>
internal static class SourceFingerprints
{
    // Two commits within one tick of a file system's clock leave the same times. The coarsest clock in use, FAT's, ticks every two seconds.
    private static readonly TimeSpan ClockTick = TimeSpan.FromSeconds(2);

    /// <summary>The identity of a file: volume and file number.</summary>
    public static string IdentityOf(string path) => FileStatus.Of(path) is FileStatus status ? Identity(status) : "";

    /// <summary>
    /// The fingerprint of a database, or null where it can't be read or where a later commit could leave the same one: a rollback-journal database
    /// counts its commits, a WAL one does not, so there the last one must be older than a tick of the clock.
    /// </summary>
    public static SourceFingerprint? TryTake(string path)
    {
        try
        {
            DateTime now = DateTime.UtcNow;
            string real = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            if (FileStatus.Of(real) is not { Size: > 0 } database || Sidecars.StatusOf(real, Sidecars.Journal) is { Size: > 0 })
            {
                return null;
            }

            DatabaseHeader header;
            using (RawDatabaseFile file = RawDatabaseFile.Open(real))
            {
                header = file.ReadHeader();
            }

            FileStatus? wal = Sidecars.StatusOf(real, Sidecars.Wal);
            return header.HasMagic && (!header.IsWal || (IsSettled(database, now) && IsSettled(wal, now)))
                ? new SourceFingerprint(
                    Identity(database),
                    database.Size,
                    database.ModifiedNanoseconds,
                    database.ChangedNanoseconds,
                    wal?.Size ?? -1,
                    wal?.ModifiedNanoseconds ?? 0,
                    wal?.ChangedNanoseconds ?? 0,
                    header.ChangeCounter)
                : null;
        }
        catch (Exception exception) when (exception is SqliteBackupException or IOException or UnauthorizedAccessException)
        {
            // The backup itself will say what is wrong with the database.
            return null;
        }
    }

    private static string Identity(FileStatus status) => FormattableString.Invariant($"{status.Volume:x}:{status.FileNumber:x}");

    // Windows tells the time of a write for certain only when every handle that writes is closed
    // (https://learn.microsoft.com/windows/win32/sysinfo/file-times), and an application keeps its own open: there a WAL is never settled.
    private static bool IsSettled(FileStatus? status, DateTime now)
    {
        if (status is not FileStatus known || OperatingSystem.IsWindows())
        {
            return status is null;
        }

        long newest = Math.Max(known.ModifiedNanoseconds, known.ChangedNanoseconds);
        return now - DateTime.UnixEpoch > TimeSpan.FromTicks(newest / TimeSpan.NanosecondsPerTick) + ClockTick;
    }
}
