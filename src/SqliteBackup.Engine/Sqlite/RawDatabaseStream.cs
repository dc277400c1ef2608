using SqliteBackup.Platform;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>A database file's bytes in a row, read through SQLite so that no locks on the file are dropped. Closes the file with itself.</summary>
/// <param name="file">The file.</param>
/// <param name="length">How many of its bytes.</param>
/// <param name="leavesLocksOut">
/// Whether the bytes that SQLite locks are zeros here, as it never reads or writes them (https://sqlite.org/fileformat2.html#the_lock_byte_page).
/// On Windows nobody else, and no other handle of whoever locked them, can read them meanwhile
/// (https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex).
/// </param>
internal sealed class RawDatabaseStream(RawDatabaseFile file, long length, bool leavesLocksOut = false) : ForwardStream
{
    private const long FirstLock = 1L << 30;
    private const long Locks = 512;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - Position);
        if (count <= 0)
        {
            return 0;
        }

        if (leavesLocksOut && Position < FirstLock + Locks && Position + count > FirstLock)
        {
            count = (int)(Position < FirstLock ? FirstLock - Position : Math.Min(count, FirstLock + Locks - Position));
            if (Position >= FirstLock)
            {
                buffer[..count].Clear();
                Position += count;
                return count;
            }
        }

        int code = file.Read(Position, buffer[..count]);
        if (code != raw.SQLITE_OK)
        {
            throw new IOException($"SQLite error {code} at byte {Position:N0}.");
        }

        Position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
