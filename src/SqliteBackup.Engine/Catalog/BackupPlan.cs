namespace SqliteBackup.Catalog;

/// <summary>A backup that is still to be made.</summary>
/// <param name="Database">The full path of the database.</param>
/// <param name="Destination">The full path or location of the backup.</param>
/// <param name="Overwrite">Whether a backup of that name is replaced.</param>
/// <param name="MayRename">Whether it takes the next free number where its name is taken.</param>
/// <param name="HasManifest">Whether a manifest stands beside it.</param>
internal sealed record BackupPlan(string Database, string Destination, bool Overwrite, bool MayRename, bool HasManifest);
