using SqliteBackup.Platform;

namespace SqliteBackup.Sqlite;

/// <summary>
/// The files that SQLite keeps beside a database. They are never opened as databases: SQLite would close them like any file, and closing a
/// -shm drops every lock that this process holds on the database through it (https://sqlite.org/howtocorrupt.html, 2.2).
/// </summary>
public static class Sidecars
{
    /// <summary>What the name of a write-ahead log ends in.</summary>
    internal const string Wal = "-wal";

    /// <summary>What the name of a WAL's index ends in.</summary>
    internal const string SharedMemory = "-shm";

    /// <summary>What the name of a rollback journal ends in.</summary>
    internal const string Journal = "-journal";

    /// <summary>All of them as a regular expression.</summary>
    internal const string Pattern = $"({Wal}|{SharedMemory}|{Journal})";

    /// <summary>All of them.</summary>
    internal static readonly string[] Suffixes = [Wal, SharedMemory, Journal];

    /// <summary>Those that SQLite would take for a part of a new file of that name, and replay into it.</summary>
    internal static readonly string[] Replayed = [Wal, Journal];

    /// <summary>A database and all that may lie beside it: "" and the suffixes.</summary>
    internal static readonly string[] WithDatabase = ["", .. Suffixes];

    /// <summary>Whether a file, or what it links to, lies beside a database as one of its own.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <returns>False also where its database is gone.</returns>
    public static bool IsOne(string path) =>
        HasDatabase(path) || (new FileInfo(path) is { LinkTarget: not null } link && HasDatabase(link.ResolveLinkTarget(returnFinalTarget: true)?.FullName));

    /// <summary>Whether a name is that of a file beside one of the databases.</summary>
    internal static bool IsBeside(string name, Predicate<string> isDatabase) =>
        Array.Exists(Suffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal) && isDatabase(name[..^suffix.Length]));

    /// <summary>What the file system says of one of them; null where it is not there.</summary>
    internal static FileStatus? StatusOf(string database, string suffix) => FileStatus.OfFleeting(database + suffix);

    private static bool HasDatabase(string? path) => path is not null && Array.Exists(Suffixes, suffix => HasDatabase(path, suffix));

    // Where case does not count, APP.DB-WAL is the WAL of app.db.
    private static bool HasDatabase(string path, string suffix) =>
        path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
        && path[..^suffix.Length] is string database
        && File.Exists(database)
        && (path.EndsWith(suffix, StringComparison.Ordinal) || FileCase.IsIgnoredAt(database));
}
