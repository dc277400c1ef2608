namespace SqliteBackup.Copying;

/// <summary>What one step of a backup came to. Any other answer of SQLite's is final and thrown.</summary>
internal enum StepResult
{
    /// <summary>Pages were copied, and there are more.</summary>
    More,

    /// <summary>Every page was copied.</summary>
    Done,

    /// <summary>Another connection holds a lock; nothing was copied, and the step can be tried again.</summary>
    Busy,

    /// <summary>A connection of the same shared cache is writing; nothing was copied, and the step can be tried again.</summary>
    Locked,
}
