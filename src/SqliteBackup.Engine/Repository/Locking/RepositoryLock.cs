using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Locking;

/// <summary>
/// A lock on a repository until it is disposed of: shared with others that read and write, or exclusive for what removes data. It gives a
/// sign of life every few minutes; where that fails for too long, <see cref="Lost"/> is cancelled and the work has to end.
/// </summary>
internal sealed class RepositoryLock : IDisposable
{
    private readonly object _gate = new();
    private readonly RepositoryFiles _files;
    private readonly LockTimes _times;
    private readonly Action<string> _warn;
    private readonly bool _exclusive;
    private readonly CancellationTokenSource _lost = new();
    private readonly Timer _timer;
    private HashId _id;
    private DateTimeOffset _refreshed;
    private Exception? _refreshFailure;
    private bool _isDisposed;

    private RepositoryLock(RepositoryFiles files, bool exclusive, LockTimes times, Action<string> warn, CancellationToken cancellationToken)
    {
        (_files, _exclusive, _times, _warn) = (files, exclusive, times, warn);
        (_id, _refreshed) = Write(cancellationToken);
        _timer = new Timer(_ => Refresh(), null, times.Refresh, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when others may no longer respect the lock.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes a lock.</summary>
    /// <param name="files">The repository.</param>
    /// <param name="exclusive">Whether nobody else may have any.</param>
    /// <param name="patience">How long to wait for others.</param>
    /// <param name="times">The times of locks.</param>
    /// <param name="warn">Is told of locks that others left behind.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="meanwhile">
    /// What only reads, and begins when the lock is written, while it is waited whether others have one. What it read counts where the lock was
    /// taken; it may be called again.
    /// </param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.RepositoryLocked"/>, or the store did not answer.</exception>
    public static RepositoryLock Acquire(
        RepositoryFiles files, bool exclusive, TimeSpan patience, LockTimes times, Action<string> warn, CancellationToken cancellationToken, Action? meanwhile = null)
    {
        long until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return TryAcquire(files, exclusive, times, warn, meanwhile, cancellationToken);
            }
            catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.RepositoryLocked && Environment.TickCount64 < until)
            {
                // Two that wait for each other must not go on in step.
                cancellationToken.WaitHandle.WaitOne(times.Retry * (0.5 + Random.Shared.NextDouble()));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Throws where others may no longer respect the lock: asked before whatever can't be taken back.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.RepositoryLocked"/>.</exception>
    public void ThrowIfLost()
    {
        lock (_gate)
        {
            // By the clock, for a machine that slept gave no sign of life either.
            if (_lost.IsCancellationRequested || DateTimeOffset.UtcNow - _refreshed > _times.GiveUp)
            {
                throw RepositoryErrors.LockLost(_files.Location, _refreshFailure);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _timer.Dispose();
        try
        {
            _files.Delete(RepositoryFileKind.Lock, _id, CancellationToken.None);
        }
        catch (SqliteBackupException exception)
        {
            _warn($"The lock on the repository at '{_files.Location}' could not be removed: {exception.Message} It no longer counts in {_times.Stale.TotalMinutes:0} minutes.");
        }

        _lost.Dispose();
    }

    private static RepositoryLock TryAcquire(
        RepositoryFiles files, bool exclusive, LockTimes times, Action<string> warn, Action? meanwhile, CancellationToken cancellationToken)
    {
        ThrowIfTaken(files, exclusive, null, times, warn, cancellationToken);
        var taken = new RepositoryLock(files, exclusive, times, warn, cancellationToken);
        try
        {
            long written = Stopwatch.GetTimestamp();
            SqliteBackupException? failure = meanwhile is null ? null : Try(meanwhile);
            TimeSpan left = times.Settle - Stopwatch.GetElapsedTime(written);
            cancellationToken.WaitHandle.WaitOne(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            cancellationToken.ThrowIfCancellationRequested();

            // Before what was read is looked at: where others were at work, it may be of what they removed.
            ThrowIfTaken(files, exclusive, taken._id, times, warn, cancellationToken);
            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private static SqliteBackupException? Try(Action meanwhile)
    {
        try
        {
            meanwhile();
            return null;
        }
        catch (SqliteBackupException exception)
        {
            return exception;
        }
    }

    private static void ThrowIfTaken(
        RepositoryFiles files, bool exclusive, HashId? own, LockTimes times, Action<string> warn, CancellationToken cancellationToken)
    {
        foreach (HashId id in files.List(RepositoryFileKind.Lock, cancellationToken).Keys.Where(id => id != own))
        {
            if (Read(files, id, cancellationToken) is not LockFile other)
            {
                continue;
            }

            if (other.IsStale(DateTimeOffset.UtcNow, times.Stale))
            {
                files.Delete(RepositoryFileKind.Lock, id, cancellationToken);
                warn($"The repository at '{files.Location}' had a lock left by {other}, which no longer runs. It was removed.");
            }
            else if (exclusive || other.Exclusive)
            {
                throw RepositoryErrors.Locked(files.Location, other.ToString());
            }
        }
    }

    private static LockFile? Read(RepositoryFiles files, HashId id, CancellationToken cancellationToken)
    {
        try
        {
            return files.Load(
                RepositoryFileKind.Lock, id, static json => JsonSerializer.Deserialize(json, RepositoryJson.Plain.LockFile), cancellationToken);
        }
        catch (SqliteBackupException exception) when (exception.Failure is BackupFailure.BackupNotFound)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or SqliteBackupException { Failure: BackupFailure.StoreCorrupt })
        {
            throw RepositoryErrors.Locked(files.Location, $"somebody whose lock '{RepositoryFileKind.Lock.NameOf(id)}' can't be read ({exception.Message})");
        }
    }

    private (HashId Id, DateTimeOffset At) Write(CancellationToken cancellationToken)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(LockFile.Create(_exclusive, now), RepositoryJson.Plain.LockFile);
        return (_files.Save(RepositoryFileKind.Lock, json, cancellationToken).Id, now);
    }

    private void Refresh()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            TimeSpan next = _times.Refresh;
            try
            {
                HashId old = _id;
                (_id, _refreshed) = Write(CancellationToken.None);
                _refreshFailure = null;
                _files.Delete(RepositoryFileKind.Lock, old, CancellationToken.None);
            }
            catch (SqliteBackupException exception)
            {
                _refreshFailure = exception;
                next = _times.RefreshRetry;
            }

            if (DateTimeOffset.UtcNow - _refreshed > _times.GiveUp)
            {
                _lost.Cancel();
                return;
            }

            _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
    }
}
