namespace SqliteBackup;

/// <summary>What a user wants of a backup that another session may be running.</summary>
public enum ControlAction
{
    /// <summary>To hold still.</summary>
    Suspend,

    /// <summary>To go on.</summary>
    Resume,

    /// <summary>To end and leave nothing.</summary>
    Stop,
}
