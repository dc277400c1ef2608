using SqliteBackup.Platform;

namespace SqliteBackup.Sqlite;

/// <summary>
/// The files that SQLite keeps beside a database. They are never opened as databases: SQLite would close them like any file, and closing a
/// -shm drops every lock that this process holds on the database through it (https://sqlite.org/howtocorrupt.html, 2.2).
/// </summary>
internal static class Sidecar
{
    private static readonly string[] Suffixes = ["-wal", "-shm", "-journal"];

    /// <summary>Whether a file, or what it links to, lies beside a database as one of its own.</summary>
    public static bool Is(string path) =>
        HasDatabase(path) || (new FileInfo(path) is { LinkTarget: not null } link && HasDatabase(link.ResolveLinkTarget(returnFinalTarget: true)?.FullName));

    private static bool HasDatabase(string? path) => path is not null && Array.Exists(Suffixes, suffix => HasDatabase(path, suffix));

    // Where case does not count, APP.DB-WAL is the WAL of app.db.
    private static bool HasDatabase(string path, string suffix) =>
        path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
        && path[..^suffix.Length] is string database
        && File.Exists(database)
        && (path.EndsWith(suffix, StringComparison.Ordinal) || FileCase.IsIgnoredAt(database));
}
