namespace SqliteBackup.Storage;

/// <summary>What a store knows of one of its files.</summary>
/// <param name="Name">Its name, relative to the store's root, its parts divided by '/'.</param>
/// <param name="Bytes">Its length in bytes.</param>
/// <param name="ModifiedAt">When it was stored, UTC, by the store's clock.</param>
public sealed record StoredFile(string Name, long Bytes, DateTime ModifiedAt);
