using SqliteBackup.Platform;

namespace SqliteBackup.Storage;

/// <summary>A stream that asks after each piece whether it may go on.</summary>
/// <param name="inner">What is read; it is disposed of with this one.</param>
/// <param name="pass">Told the bytes of a piece and those so far. It may wait or throw.</param>
internal sealed class PacedStream(Stream inner, Action<int, long> pass) : ForwardStream
{
    // Small enough for a slow limit to be held within a second, large enough for none to be felt.
    private const int MaxPiece = 1 << 16;

    private long _done;

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer[..Math.Min(buffer.Length, MaxPiece)]);
        _done += read;
        if (read > 0)
        {
            pass(read, _done);
        }

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
