using SqliteBackup.Catalog;

namespace SqliteBackup.Repository;

/// <summary>A finished copy on its way into a repository: several threads read it, and pause together for what was asked for.</summary>
internal sealed class PacedExtents(NewBackup backup, bool isPaced)
{
    private readonly object _gate = new();
    private readonly long _bytes = backup.File.Length;
    private readonly RateBudget? _rate = isPaced && backup.Options.MaxBytesPerSecond is long rate ? new RateBudget(rate) : null;
    private readonly RateBudget? _shared = isPaced ? backup.Options.SharedRate : null;
    private long _done;

    /// <summary>Waits until so many bytes may be read, or throws.</summary>
    public void Pass(int bytes)
    {
        // Under the lock: a rate holds for all threads, and so does a pause.
        lock (_gate)
        {
            _done += bytes;
            TimeSpan pause = new(Math.Max((_rate?.Take(bytes) ?? TimeSpan.Zero).Ticks, (_shared?.Take(bytes) ?? TimeSpan.Zero).Ticks));
            backup.Meter.Worked(BackupState.Uploading, _done, _bytes);
            if (pause > TimeSpan.Zero)
            {
                backup.Busy.Sleep(pause);
            }
            else
            {
                backup.Busy.PauseIfSuspended();
            }
        }
    }
}
