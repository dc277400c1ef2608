using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores;

/// <summary>Reads a file of a store, and reads on from the byte where a connection was lost.</summary>
internal sealed class ResumingStream : ForwardStream
{
    private readonly IBackupStore _store;
    private readonly string _name;
    private readonly RetryPolicy _retry;
    private readonly CancellationToken _cancellationToken;
    private long _offset;
    private long? _left;
    private Stream? _current;

    /// <summary>Opens the file.</summary>
    public ResumingStream(IBackupStore store, string name, long offset, long? length, RetryPolicy retry, CancellationToken cancellationToken)
    {
        (_store, _name, _retry, _cancellationToken) = (store, name, retry, cancellationToken);
        (_offset, _left) = (offset, length);
        _current = _retry.Run(Open, cancellationToken);
    }

    public override int Read(Span<byte> buffer)
    {
        // A span can't go into the retried operation: it reads into an array of its own where the first try fails.
        int read;
        try
        {
            read = (_current ??= Open()).Read(buffer);
        }
        catch (SqliteBackupException exception) when (RetryPolicy.MayPass(exception))
        {
            byte[] bytes = new byte[buffer.Length];
            read = _retry.Run(() => ReadAgain(bytes), _cancellationToken);
            bytes.AsSpan(0, read).CopyTo(buffer);
        }

        _offset += read;
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current?.Dispose();
        }

        base.Dispose(disposing);
    }

    private Stream Open() => _store.OpenRead(_name, _offset, _left, _cancellationToken);

    private int ReadAgain(byte[] bytes)
    {
        _current?.Dispose();
        _current = null;
        _current = Open();
        return _current.Read(bytes);
    }
}
