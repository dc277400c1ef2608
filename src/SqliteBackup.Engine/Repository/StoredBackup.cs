namespace SqliteBackup.Repository;

/// <summary>A backup that stands in a repository.</summary>
/// <param name="Snapshot">The backup.</param>
/// <param name="BytesAdded">Bytes that it added to the repository, compressed and sealed, its list of extents included.</param>
/// <param name="Extents">How many extents it has.</param>
/// <param name="ExtentsAdded">How many of them were new to the repository.</param>
/// <param name="Unchanged">Whether the database's content was that of the backup before.</param>
public sealed record StoredBackup(RepositorySnapshot Snapshot, long BytesAdded, int Extents, int ExtentsAdded, bool Unchanged);
