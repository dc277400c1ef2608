namespace SqliteBackup.Catalog;

/// <summary>Holds the reading of a backup to a rate, and still while it is suspended. For one reading.</summary>
/// <param name="rate">The rate, or null for none.</param>
/// <param name="control">Who may suspend it, or null for nobody.</param>
/// <param name="cancellationToken">Ends a wait.</param>
public sealed class DownloadPace(RateBudget? rate, BackupControl? control, CancellationToken cancellationToken)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private long _done;

    /// <summary>Waits as long as what has come by now has to take.</summary>
    /// <param name="done">How many bytes came so far.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Pass(long done)
    {
        TimeSpan pause = rate?.Take(done - _done) ?? TimeSpan.Zero;
        _done = done;
        if (pause > TimeSpan.Zero)
        {
            cancellationToken.WaitHandle.WaitOne(pause);
        }

        while (control is { IsSuspended: true } && !cancellationToken.IsCancellationRequested)
        {
            control.WaitWhile(suspended: true, BetweenLooks, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
