using SqliteBackup.Operation;

namespace SqliteBackup.Backup;

/// <summary>A backup whose database and copy are needed no longer. It stands where <see cref="Finish"/> has returned.</summary>
public sealed class StartedBackup : IDisposable
{
    private readonly ProgressMeter _meter;
    private readonly Action _end;
    private Func<BackupResult>? _finish;

    internal StartedBackup(ProgressMeter meter, Action end)
    {
        _meter = meter;
        _end = end;
    }

    /// <summary>Ends when there is nothing to wait for any more: it stands, or can't. That comes by itself, or with the <see cref="Finish"/> of any.</summary>
    public Task Stored { get; private set; } = Task.CompletedTask;

    /// <summary>Has it stand, with all that wait beside it, and prunes.</summary>
    /// <returns>What the backup was.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was ended before it stood.</exception>
    public BackupResult Finish() => Watched(() =>
    {
        BackupResult result = _finish!();
        _meter.Enter(BackupState.Completed);
        return result;
    });

    /// <summary>Ends what steers it.</summary>
    public void Dispose() => _end();

    internal void Take(Func<(Task Stored, Func<BackupResult> Finish)> work) => (Stored, _finish) = Watched(work);

    private T Watched<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception)
        {
            _meter.Enter(exception is OperationCanceledException ? BackupState.Stopped : BackupState.Failed);
            throw;
        }
    }
}
