using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>A file that is written by one thread and read by another as far as it has got.</summary>
internal sealed class FollowedFile(StagedFile file)
{
    private readonly object _gate = new();
    private long _written;
    private bool _isOver;

    /// <summary>A stream that writes the file.</summary>
    public Stream OpenWrite() => new Writer(this, file.OpenStream());

    /// <summary>A stream that reads it from its beginning, and waits where nothing is written yet.</summary>
    public Stream OpenRead() => new Reader(this, file.OpenStream());

    /// <summary>Says that no more is written: who reads comes to an end.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Wrote(int bytes)
    {
        lock (_gate)
        {
            _written += bytes;
            Monitor.PulseAll(_gate);
        }
    }

    // Bytes that can be read from there on. Once no more is written, whatever is in the file counts: what follows what was written, too.
    private long WaitFrom(long position)
    {
        lock (_gate)
        {
            while (_written <= position && !_isOver)
            {
                Monitor.Wait(_gate);
            }

            return _isOver ? long.MaxValue : _written - position;
        }
    }

    private sealed class Writer(FollowedFile followed, Stream inner) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            followed.Wrote(buffer.Length);
        }
    }

    private sealed class Reader(FollowedFile followed, Stream inner) : ForwardStream
    {
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer[..(int)Math.Min(buffer.Length, followed.WaitFrom(_position))]);
            _position += read;
            return read;
        }
    }
}
