using System.Runtime.InteropServices;
using SQLitePCL;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>
/// Gathers neighbouring writes to a file and hands them on in large pieces; in a long run of writes a thread of its own does that, while the
/// next piece is gathered. So a copy reads its source and writes its destination at the same time.
/// </summary>
/// <param name="put">Writes to the file.</param>
/// <param name="get">Reads from the file.</param>
internal sealed unsafe class WriteBehind(MovePiece put, MovePiece get) : IPageBuffer
{
    /// <summary>How many bytes are gathered at most: a multiple of every page size.</summary>
    public const int PieceBytes = 256 * 1024;

    // A small database is written before a thread would have started.
    private const int PiecesBeforeThread = 8;

    private readonly SemaphoreSlim _handedOver = new(0);
    private readonly SemaphoreSlim _written = new(1);

    private byte* _gathering = (byte*)NativeMemory.Alloc(PieceBytes);
    private long _offset;
    private int _length;
    private int _pieces;

    private Thread? _thread;
    private byte* _writing;
    private long _writingOffset;
    private int _writingLength;
    private int _error;

    public int SystemError { get; private set; }

    /// <inheritdoc/>
    public int Read(byte* bytes, int length, long offset)
    {
        // A copy that began again reads each page of the staging file before it overwrites it. That need not hold up what is written elsewhere.
        bool isOnItsWay = Overlap(offset, length, _offset, _length) || Overlap(offset, length, _writingOffset, _writingLength);
        int code = isOnItsWay ? Drain() : raw.SQLITE_OK;
        return code != raw.SQLITE_OK ? code : get(bytes, length, offset);
    }

    /// <inheritdoc/>
    /// <returns>SQLite's result code, of an earlier write too: after a failure each call answers it.</returns>
    public int Write(byte* bytes, int length, long offset)
    {
        bool isNeighbour = _length > 0 && offset == _offset + _length && length <= PieceBytes - _length;
        if (!isNeighbour)
        {
            int code = HandOver();
            if (code != raw.SQLITE_OK)
            {
                return code;
            }

            if (length > PieceBytes)
            {
                code = Drain();
                return code != raw.SQLITE_OK ? code : PutNow(bytes, length, offset);
            }

            _offset = offset;
        }

        Buffer.MemoryCopy(bytes, _gathering + _length, PieceBytes - _length, length);
        _length += length;
        return raw.SQLITE_OK;
    }

    /// <summary>Writes what was gathered and waits until the thread has nothing left to write.</summary>
    /// <returns>SQLite's result code, of an earlier write too.</returns>
    public int Drain()
    {
        _written.Wait();
        _written.Release();
        int length = _length;
        _length = 0;
        return _error != raw.SQLITE_OK || length == 0 ? _error : PutNow(_gathering, length, _offset);
    }

    /// <summary>Ends the thread and frees the memory. What was not drained is not written.</summary>
    public void Dispose()
    {
        if (_thread is not null)
        {
            _written.Wait();
            _writingLength = 0;
            _handedOver.Release();
            _thread.Join();
        }

        NativeMemory.Free(_gathering);
        NativeMemory.Free(_writing);
        _gathering = _writing = null;
        _handedOver.Dispose();
        _written.Dispose();
    }

    private static bool Overlap(long offset, int length, long other, int otherLength) =>
        offset < other + otherLength && other < offset + length;

    private int PutNow(byte* bytes, int length, long offset)
    {
        _error = put(bytes, length, offset);
        SystemError = _error == raw.SQLITE_OK ? 0 : Marshal.GetLastSystemError();
        return _error;
    }

    private int HandOver()
    {
        if (_length == 0)
        {
            return _error;
        }

        if (_thread is null && (++_pieces != PiecesBeforeThread || !TryStartThread()))
        {
            return Drain();
        }

        _written.Wait();
        if (_error != raw.SQLITE_OK)
        {
            _written.Release();
            return _error;
        }

        byte* gathered = _gathering;
        _gathering = _writing;
        _writing = gathered;
        (_writingOffset, _writingLength, _length) = (_offset, _length, 0);
        _handedOver.Release();
        return raw.SQLITE_OK;
    }

    // Without memory for it the copy goes on as before. An exception must not leave a callback of SQLite's.
    private bool TryStartThread()
    {
        try
        {
            _writing = (byte*)NativeMemory.Alloc(PieceBytes);
            var thread = new Thread(WriteHandedOver) { IsBackground = true, Name = "SqliteBackup write-behind" };
            thread.Start();
            _thread = thread;
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private void WriteHandedOver()
    {
        while (true)
        {
            _handedOver.Wait();
            if (_writingLength == 0)
            {
                return;
            }

            PutNow(_writing, _writingLength, _writingOffset);
            _written.Release();
        }
    }
}
