using SQLitePCL;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>A database that nobody writes to any more: it is read ahead, and SQLite sees one without a WAL.</summary>
/// <remarks>
/// It is opened read-only, and SQLite is not told: on a read-only connection it leaves CHECK constraints out of the schema that it loads, and
/// its check then passes rows that break them. What would write gets SQLITE_READONLY. A header that says WAL is shown as one that does not,
/// as there are no frames to read.
/// </remarks>
/// <param name="get">Reads from the file.</param>
/// <param name="size">Its size in bytes, which stays what it is.</param>
internal sealed unsafe class FinishedFile(MovePiece get, long size) : IPageBuffer
{
    private const int OpenReadOnly = 0x1;
    private const int OpenReadWrite = 0x2;
    private const int OpenCreate = 0x4;

    private readonly ReadAhead _ahead = new((bytes, length, offset) => GetWithoutWal(get, bytes, length, offset), size);

    public int SystemError => 0;

    /// <summary>The flags to open such a file with, where SQLite wants to open it with others.</summary>
    public static int ReadOnly(int flags) => (flags & ~(OpenReadWrite | OpenCreate)) | OpenReadOnly;

    public int Read(byte* bytes, int length, long offset) => _ahead.Read(bytes, length, offset);

    public int Write(byte* bytes, int length, long offset) => raw.SQLITE_READONLY;

    public int Drain() => raw.SQLITE_OK;

    public void Dispose() => _ahead.Dispose();

    private static int GetWithoutWal(MovePiece get, byte* bytes, int length, long offset)
    {
        int code = get(bytes, length, offset);
        if (offset == 0 && length >= DatabaseHeader.Length)
        {
            new Span<byte>(bytes, length).Slice(DatabaseHeader.VersionsOffset, 2).Replace(DatabaseHeader.WalVersion, DatabaseHeader.RollbackVersion);
        }

        return code;
    }
}
