using SQLitePCL;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>A file of the platform's own file system, read and written in pieces that begin and end where its blocks do.</summary>
/// <param name="file">The open file. It outlives this.</param>
internal sealed unsafe class BaseFile(ForwardingVfs.File* file)
{
    // A multiple of every block size. The unix VFS masks the length of a read or a write to 17 bits, so a piece of 128 KiB would be none.
    private const int PieceBytes = 64 * 1024;

    private const int ShortRead = raw.SQLITE_IOERR | (2 << 8);

    /// <summary>Its size in bytes; 0 where it can't be told.</summary>
    public long Size
    {
        get
        {
            long size;
            return file->Methods->FileSize((ForwardingVfs.ForwardedFile*)file, &size) == raw.SQLITE_OK ? size : 0;
        }
    }

    /// <summary>Reads bytes at an offset. What lies past the end of the file is zero, and SQLITE_IOERR_SHORT_READ says so.</summary>
    public int Read(byte* bytes, int length, long offset) => InPieces(file->Methods->Read, bytes, length, offset);

    /// <summary>Writes bytes at an offset.</summary>
    public int Write(byte* bytes, int length, long offset) => InPieces(file->Methods->Write, bytes, length, offset);

    /// <summary>The length of the next piece.</summary>
    /// <param name="offset">Where it begins in the file.</param>
    /// <param name="left">Bytes left to move, at least 1.</param>
    internal static int NextPiece(long offset, int left) => (int)Math.Min(left, PieceBytes - (offset % PieceBytes));

    private int InPieces(
        delegate* unmanaged[Cdecl]<ForwardingVfs.ForwardedFile*, byte*, int, long, int> move, byte* bytes, int length, long offset)
    {
        for (int done = 0; done < length;)
        {
            int piece = NextPiece(offset + done, length - done);
            int code = move((ForwardingVfs.ForwardedFile*)file, bytes + done, piece, offset + done);
            if (code != raw.SQLITE_OK)
            {
                // The base did that for the piece. The rest of what SQLite asked for is zero, too (https://sqlite.org/c3ref/io_methods.html).
                new Span<byte>(bytes + done + piece, code == ShortRead ? length - done - piece : 0).Clear();
                return code;
            }

            done += piece;
        }

        return raw.SQLITE_OK;
    }
}
