using SqliteBackup.Catalog;

namespace SqliteBackup.Parameters;

/// <summary>The backups that a user's paths name: those in a folder, or a single file.</summary>
internal static class CatalogPaths
{
    /// <summary>Lists what a path names.</summary>
    /// <exception cref="SqliteBackupException">It names nothing, or a file that is no backup, or it can't be read.</exception>
    public static IEnumerable<CatalogEntry> List(
        PathResolver resolver, string path, bool isLiteral, bool recurse, CancellationToken cancellationToken) =>
        resolver.ResolveItems(path, isLiteral).SelectMany(item => Directory.Exists(item)
            ? BackupCatalog.List(item, recurse, cancellationToken)
            : [BackupCatalog.Find(item) ?? throw new SqliteBackupException(BackupFailure.NotADatabase, item, $"'{item}' is no backup: it is no SQLite database, nor a compressed one.")]);
}
