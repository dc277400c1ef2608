namespace SqliteBackup.Sqlite;

/// <summary>What a check came to. Only <see cref="Ok"/> is ok.</summary>
internal enum IntegrityStatus
{
    /// <summary>Checked, and nothing was found.</summary>
    Ok,

    /// <summary>Checked, and SQLite found damage.</summary>
    Corrupt,

    /// <summary>Could not be checked: an extension or a collation is missing, for example.</summary>
    Unchecked,
}

/// <summary>A check's answer.</summary>
/// <param name="Status">What it came to.</param>
/// <param name="Findings">SQLite's own first findings, or the reason why it could not be checked.</param>
internal sealed record IntegrityResult(IntegrityStatus Status, IReadOnlyList<string> Findings)
{
    /// <summary>What was left out of the check, in sentences: tables that SQLite has no way to check.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
