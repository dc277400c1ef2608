using SqliteBackup.Platform;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>A database file's bytes in a row, read through SQLite so that no locks on the file are dropped. Closes the file with itself.</summary>
internal sealed class RawDatabaseStream(RawDatabaseFile file, long length) : ForwardStream
{
    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - Position);
        if (count <= 0)
        {
            return 0;
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
