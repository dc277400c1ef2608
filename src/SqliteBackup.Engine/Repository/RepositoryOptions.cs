using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Sealing;
using SqliteBackup.Repository.Writing;

namespace SqliteBackup.Repository;

/// <summary>How a repository is worked with.</summary>
public sealed record RepositoryOptions
{
    /// <summary>How long to wait for a lock that others hold. Default: not at all.</summary>
    public TimeSpan LockPatience { get; init; }

    /// <summary>Zstandard's level, 1 to 22, for what is stored. Default: 1, which at extents of 16 KiB is as small as 3 and twice as fast.</summary>
    public int CompressionLevel { get; init; } = 1;

    /// <summary>A folder in which indexes and snapshots are kept between runs, a folder in it for each repository; null for none.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Is told what a user should know: of a lock that a killed run left, of files that can't be read. May be called from any thread.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>How many threads read, compress and seal, and how many read. Default: as many as there are processors.</summary>
    public int ThrottleLimit { get; init; } = Environment.ProcessorCount;

    /// <summary>What it costs to try a password on a new key.</summary>
    internal PasswordKey NewKeys { get; init; } = PasswordKey.Default;

    /// <summary>Above which size, in bytes, a database's extents are large from its first backup on.</summary>
    internal long LargeBytes { get; init; } = ExtentSize.LargeBytes;

    /// <summary>How long a small backup waits at most for others to share a pack with.</summary>
    internal TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    internal LockTimes LockTimes { get; init; } = LockTimes.Default;
}
