namespace SqliteBackup.Tool.Demo;

/// <summary>What a look into a database found.</summary>
/// <param name="Rows">Rows of its one table.</param>
/// <param name="Integrity">What <c>PRAGMA integrity_check</c> answered, empty if it was not asked.</param>
internal sealed record DatabaseFacts(long Rows, string Integrity = "");

/// <summary>What the writer saw.</summary>
/// <param name="Commits">Commits that succeeded.</param>
/// <param name="Failures">Commits that failed.</param>
/// <param name="MedianMilliseconds">Half of the commits took no longer.</param>
/// <param name="LongestMilliseconds">The longest commit, with all its waiting.</param>
internal sealed record WriterFacts(long Commits, long Failures, double MedianMilliseconds, double LongestMilliseconds);

/// <summary>What the backup reported, in the units of its result object.</summary>
internal sealed record BackupFacts(string Copy, long Bytes, TimeSpan Duration, double BytesPerSecond, long Restarts);
