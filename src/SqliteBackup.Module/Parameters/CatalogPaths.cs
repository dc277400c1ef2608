using SqliteBackup.Catalog;

namespace SqliteBackup.Parameters;

/// <summary>The backups that a user's paths name: those in a folder, or a single file.</summary>
internal static class CatalogPaths
{
    /// <summary>Lists those in a folder, or the one that a file is.</summary>
    /// <exception cref="SqliteBackupException">It is a file that is no backup, or it can't be read.</exception>
    public static IEnumerable<CatalogEntry> List(string item, bool recurse, Action<string> onLeftOut, CancellationToken cancellationToken) =>
        Directory.Exists(item)
            ? FolderCatalog.List(item, recurse, cancellationToken, onLeftOut)
            : [FolderCatalog.Find(item) ?? throw new SqliteBackupException(BackupFailure.NotADatabase, item, $"'{item}' is no backup: it is no SQLite database, nor a compressed one.")];
}
