using SqliteBackup.Operation;
using SqliteBackup.Sources;

namespace SqliteBackup.Copying;

/// <summary>What a copy does and did, in words for whoever wants to know more.</summary>
internal static class CopyText
{
    /// <summary>Which way it goes, and why.</summary>
    public static string Chosen(BackupSource source, CopyMode asked, CopyMode chosen)
    {
        string why = asked != CopyMode.Auto ? "as -CopyMode says"
            : source.IsWal ? "as it is in WAL mode, so that one read transaction holds one instant and keeps no writer waiting"
            : source.IsFrozen ? "as nobody has it open"
            : "as it has a rollback journal, whose writers wait for each step";
        string wal = source.IsWal ? $" Its WAL has {source.WalBytes:N0} bytes." : "";
        return $"'{source.Path}': copied as {chosen}, {why}.{wal}";
    }

    /// <summary>What it took.</summary>
    public static string Done(BackupSource source, CopyStatistics copied, int busyRetries)
    {
        string wal = source.IsWal ? $", a WAL of at most {copied.PeakWalBytes:N0} bytes" : "";
        return $"'{source.Path}': copied {copied.PageCount:N0} pages of {copied.PageSize:N0} bytes in {copied.Steps:N0} steps: {copied.Restarts:N0} restarts, {busyRetries:N0} waits for a lock{wal}.";
    }
}
