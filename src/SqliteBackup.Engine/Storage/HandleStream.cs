using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Storage;

/// <summary>A stream over a handle that stays open when the stream is closed, with a position of its own.</summary>
internal sealed class HandleStream(SafeFileHandle handle) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => RandomAccess.GetLength(handle);

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int read = RandomAccess.Read(handle, buffer, Position);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        RandomAccess.Write(handle, buffer, Position);
        Position += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
