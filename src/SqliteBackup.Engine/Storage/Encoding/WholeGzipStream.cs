using System.IO.Compression;
using System.Security.Cryptography;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Decompresses gzip, and tells a file that is cut short from a whole one, which .NET's own stream does not: it takes the end of its input
/// for the end of the data. So a member with a mark in it is put behind the input. Only behind a whole file is it read as one.
/// </summary>
internal sealed class WholeGzipStream(Stream source) : ForwardStream
{
    private const int BufferBytes = 1 << 16;

    private static readonly byte[] Mark = RandomNumberGenerator.GetBytes(32);

    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly GZipStream _content = new(new MarkedStream(source), CompressionMode.Decompress);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _at;
    private int _end;
    private bool _isOver;

    /// <exception cref="InvalidDataException">The data is damaged or cut short, or something else follows it.</exception>
    public override int Read(Span<byte> buffer)
    {
        // The mark's length is held back until it is known whether it is the mark.
        while (_end - _at <= Mark.Length && !_isOver)
        {
            Fill();
        }

        int count = Math.Min(buffer.Length, _end - _at - Mark.Length);
        _buffer.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var stream = new GZipStream(target, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return target.ToArray();
    }

    private void Fill()
    {
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        _end -= _at;
        _at = 0;
        int read = _content.Read(_buffer.AsSpan(_end));
        _end += read;
        if (read == 0)
        {
            _isOver = true;
            if (!_buffer.AsSpan(0, _end).EndsWith(Mark))
            {
                throw new InvalidDataException("The gzip data is cut short, or something else follows it.");
            }
        }
    }

    // Gives what another stream gives, and then the member with the mark.
    private sealed class MarkedStream(Stream inner) : ForwardStream
    {
        private int _marked = -1;

        public override int Read(Span<byte> buffer)
        {
            int read = _marked < 0 ? inner.Read(buffer) : 0;
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            _marked = Math.Max(_marked, 0);
            read = Math.Min(buffer.Length, MarkMember.Length - _marked);
            MarkMember.AsSpan(_marked, read).CopyTo(buffer);
            _marked += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
