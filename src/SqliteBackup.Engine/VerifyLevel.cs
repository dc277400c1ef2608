namespace SqliteBackup;

/// <summary>How a finished copy is checked before it is published.</summary>
public enum VerifyLevel
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary><c>PRAGMA quick_check</c>: every page and record, but not whether indexes match their tables.</summary>
    Quick,

    /// <summary><c>PRAGMA integrity_check</c>: indexes against tables too.</summary>
    Full,
}
