using Microsoft.Win32.SafeHandles;
using SqliteBackup.Catalog;

namespace SqliteBackup.Repository;

/// <summary>A finished, checked copy of a database, and what is to be known of it.</summary>
public sealed record BackupContent
{
    /// <summary>The copy: a private file that nobody writes to any more, and that SQLite does not have open.</summary>
    public required SafeFileHandle File { get; init; }

    /// <summary>How many bytes it has.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes a page, 512 to 65536.</summary>
    public required int PageSize { get; init; }

    /// <summary>The full path of the database. With <see cref="Host"/> it says which database it is: both stay the same for its life.</summary>
    public required string Database { get; init; }

    /// <summary>The machine that the database is on.</summary>
    public required string Host { get; init; }

    /// <summary>The instant, UTC, whose content the copy holds.</summary>
    public required DateTime TakenAt { get; init; }

    /// <summary>What becomes <c>&lt;database&gt;.json</c> beside the database when restic restores the backup.</summary>
    public required BackupManifest Manifest { get; init; }

    /// <summary>Further tags for the snapshot.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// Is called with the number of bytes that were read since its last call, by several threads, before they are worked on. It may take its
    /// time: limits and pauses are in it.
    /// </summary>
    public Action<int>? Advancing { get; init; }
}
