using System.Runtime.InteropServices;
using SQLitePCL;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>
/// Reads a file that nobody changes in large pieces where it is read from one end to the other, as a check reads most databases. A page that
/// is read out of order is read alone.
/// </summary>
/// <param name="get">Reads from the file.</param>
/// <param name="size">The file's size in bytes, which stays what it is.</param>
internal sealed unsafe class ReadAhead(MovePiece get, long size) : IDisposable
{
    /// <summary>How many bytes are read at once: a multiple of every page size, so that no page lies in two pieces.</summary>
    public const int PieceBytes = 256 * 1024;

    // Not the neighbour of any.
    private const long NoPiece = -2;

    private byte* _bytes = (byte*)NativeMemory.Alloc(PieceBytes);
    private long _piece = NoPiece;
    private long _lastMissed = NoPiece;

    public int Read(byte* bytes, int length, long offset)
    {
        long piece = offset / PieceBytes;
        int within = (int)(offset % PieceBytes);
        if (within + length > LengthOf(piece) || (piece != _piece && !Fetch(piece)))
        {
            // Also what can't be read in a piece: SQLite is to hear why from a read of the page alone.
            return get(bytes, length, offset);
        }

        Buffer.MemoryCopy(_bytes + within, bytes, length, length);
        return raw.SQLITE_OK;
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }

    private int LengthOf(long piece) => (int)Math.Clamp(size - (piece * PieceBytes), 0, PieceBytes);

    // Answers whether the piece is there now. One page may be all that is wanted of it; a second, or one of the next piece, is a run.
    private bool Fetch(long piece)
    {
        bool isRun = piece == _lastMissed || piece == _lastMissed + 1;
        _lastMissed = piece;
        if (isRun)
        {
            _piece = get(_bytes, LengthOf(piece), piece * PieceBytes) == raw.SQLITE_OK ? piece : NoPiece;
        }

        return isRun && _piece == piece;
    }
}
