using System.Security.Cryptography;

namespace SqliteBackup.Storage;

/// <summary>Hashes and counts what is written to or read from a stream, and stops at a bound.</summary>
internal sealed class HashingStream(Stream inner, long most = long.MaxValue) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes so far.</summary>
    public long Count { get; private set; }

    /// <summary>SHA-256 of the bytes so far, in lower-case hexadecimal digits.</summary>
    public string Sha256 => Convert.ToHexString(_hash.GetCurrentHash()).ToLowerInvariant();

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        Append(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Append(buffer);
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Count += bytes.Length;
        if (Count > most)
        {
            throw new BoundExceededException(most);
        }

        _hash.AppendData(bytes);
    }
}

/// <summary>A stream gave more bytes than it may.</summary>
internal sealed class BoundExceededException(long bound) : Exception($"More than {bound:N0} bytes.");
