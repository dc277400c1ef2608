using SqliteBackup.Platform;

namespace SqliteBackup.Stores;

/// <summary>The bytes on their way from a store: each read has its time, and an end that comes too soon is an error.</summary>
internal sealed class DownloadStream : ForwardStream
{
    private const int MaxBufferBytes = 1 << 16;

    private readonly Stream _inner;
    private readonly IDisposable? _owner;
    private readonly RemoteStore _store;
    private readonly string _name;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;
    private readonly byte[] _buffer;
    private long _left;
    private CancellationTokenSource _timer;

    /// <summary>Takes a stream that the store opened.</summary>
    /// <param name="store">The store, which knows what its errors mean.</param>
    /// <param name="name">The file.</param>
    /// <param name="inner">The bytes.</param>
    /// <param name="length">How many there must be.</param>
    /// <param name="owner">What is to be disposed of with the stream.</param>
    /// <param name="timeout">How long one read may take.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public DownloadStream(
        RemoteStore store, string name, Stream inner, long length, IDisposable? owner, TimeSpan timeout, CancellationToken cancellationToken)
    {
        (_store, _name, _inner, _left, _owner, _timeout, _cancellationToken) = (store, name, inner, length, owner, timeout, cancellationToken);
        _timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Of ten thousand manifests each has a kilobyte.
        _buffer = new byte[Math.Clamp(length, 0, MaxBufferBytes)];
    }

    public override int Read(Span<byte> buffer)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Memory<byte> target = _buffer.AsMemory(0, (int)Math.Min(Math.Min(buffer.Length, _buffer.Length), _left));
        if (target.IsEmpty)
        {
            return 0;
        }

        int read = _store.Guard(_name, () => ReadInTime(target));
        if (read == 0)
        {
            throw new SqliteBackupException(
                BackupFailure.StoreUnavailable, _store.PathOf(_name), $"'{_store.PathOf(_name)}' ended {_left:N0} bytes too soon: the connection was cut. Try again.");
        }

        target.Span[..read].CopyTo(buffer);
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
            CloseInner();
            _owner?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void CloseInner()
    {
        try
        {
            _store.Guard(_name, () =>
            {
                _inner.Dispose();
                return true;
            });
        }
        catch (SqliteBackupException)
        {
            // Nothing was written, and a server that is gone has closed its side.
        }
    }

    private int ReadInTime(Memory<byte> target)
    {
        _timer.CancelAfter(_timeout);
        int read = _inner.ReadAsync(target, _timer.Token).AsTask().GetAwaiter().GetResult();
        if (!_timer.TryReset())
        {
            _timer.Dispose();
            _timer = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
        }

        return read;
    }
}
