using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>Takes bytes that have to be those of another stream, from its beginning.</summary>
/// <param name="expected">The other stream.</param>
internal sealed class ComparingStream(Stream expected) : WriteOnlyStream
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <exception cref="InvalidDataException">They are others.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            Span<byte> there = _buffer.AsSpan(0, Math.Min(buffer.Length, BufferBytes));
            int read = expected.ReadAtLeast(there, there.Length, throwOnEndOfStream: false);
            if (!buffer[..there.Length].SequenceEqual(there[..read]))
            {
                throw new InvalidDataException("These are other bytes.");
            }

            buffer = buffer[there.Length..];
        }
    }
}
