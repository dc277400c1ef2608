namespace SqliteBackup.Catalog;

/// <summary>Which backup makes another one needless.</summary>
/// <param name="Database">The database, among those of many machines.</param>
/// <param name="Destination">Where the other one would stand.</param>
/// <param name="HasFixedName">Whether only one of that name counts, and not the folder's latest: somebody wants it under its own name.</param>
/// <param name="Verify">How thoroughly it must have been checked. With <see cref="VerifyLevel.Full"/> its bytes are read.</param>
/// <param name="IsCompact">Whether it must be without free pages.</param>
/// <param name="Recipients">Whom it must be encrypted to, and nobody else; null where it must not be encrypted.</param>
internal sealed record UnchangedRule(
    DatabaseKey Database, string Destination, bool HasFixedName, VerifyLevel Verify, bool IsCompact, IReadOnlyList<string>? Recipients);
