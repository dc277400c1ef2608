namespace SqliteBackup.Storage;

/// <summary>How a store is opened and used.</summary>
public sealed record StoreSettings
{
    /// <summary>What the location can't say.</summary>
    public StoreOptions Options { get; init; } = StoreOptions.None;

    /// <summary>Who logs in, or null for what environment and configuration files say.</summary>
    public StoreCredential? Credential { get; init; }

    /// <summary>How long a store may take to answer one request, or to give or take the next bytes. More than zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How often what may pass is tried again, with a growing wait in between. 0 or more.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The first wait before trying again; each next one is about twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How old what a run left unfinished has to be before a sweep removes it: another may still be at work on what is
    /// younger. More than zero.
    /// </summary>
    public TimeSpan AbandonedAfter { get; init; } = TimeSpan.FromDays(1);
}
