namespace SqliteBackup.Operation;

/// <summary>
/// One running piece of work on a database, whichever kind it is: its clock and progress, its waiting for locks, and how it is suspended,
/// bounded and cancelled. Everything that the work calls on its way shares it.
/// </summary>
internal sealed class OperationContext
{
    private readonly CopyOptions _options;

    /// <summary>Begins the clock.</summary>
    /// <param name="source">The full path of what is read.</param>
    /// <param name="destination">The full path of what is written; the source's where nothing is.</param>
    /// <param name="options">The bounds: for one lock, and for the whole.</param>
    /// <param name="observer">Hears of progress, or null.</param>
    /// <param name="control">Steers it from other threads, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public OperationContext(
        string source, string destination, CopyOptions options, IBackupObserver? observer, BackupControl? control, CancellationToken cancellationToken)
    {
        _options = options;
        CancellationToken = cancellationToken;
        Meter = new ProgressMeter(source, destination, observer);
        Gate = new PauseGate(control ?? new BackupControl(), Meter, cancellationToken);
    }

    /// <summary>Its clock, its counters and its observer.</summary>
    public ProgressMeter Meter { get; }

    /// <summary>Ends it.</summary>
    public CancellationToken CancellationToken { get; }

    private PauseGate Gate { get; }

    /// <summary>One that only reads a database, for as long as one lock may take.</summary>
    public static OperationContext Reading(string path, TimeSpan busyTimeout, CancellationToken cancellationToken) =>
        new(path, path, new CopyOptions { BusyTimeout = busyTimeout }, observer: null, control: null, cancellationToken);

    /// <summary>Waits for the locks of one of its databases.</summary>
    /// <param name="database">The full path of the database.</param>
    /// <param name="work">What is done, for messages.</param>
    public LockWaiter WaiterFor(string database, string work = "backup") =>
        new(database, _options, Meter, Gate, CancellationToken) { Work = work };
}
