using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>
/// A database file as bytes, read and locked through SQLite's own descriptor: a file stream would, when closed, drop the locks that other
/// connections of this process hold on the file.
/// </summary>
/// <remarks>
/// The connection behind it is opened with <c>immutable=1</c>: it takes no lock by itself, recovers nothing and creates nothing. The
/// methods called are those of <c>sqlite3_io_methods</c> (https://sqlite.org/c3ref/io_methods.html), at their fixed places. On Windows readers of a
/// database lock its bytes shared, and everybody reads those (https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex).
/// </remarks>
internal sealed unsafe class RawDatabaseFile : IDisposable
{
    private const int ReadMethod = 2;
    private const int LockMethod = 7;
    private const int LockShared = 1;

    private readonly nint _file;

    private RawDatabaseFile(SqliteConnection connection)
    {
        Connection = connection;
        _file = NativeSqlite.FilePointer(connection.Handle!);
    }

    /// <summary>The connection, for a source that nobody may change meanwhile.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>The file's own path, links resolved as SQLite resolves them.</summary>
    public string RealPath => raw.sqlite3_db_filename(Connection.Handle!, "main").utf8_to_string();

    /// <summary>Opens a file, whatever is in it.</summary>
    /// <exception cref="SqliteBackupException">It can't be opened.</exception>
    public static RawDatabaseFile Open(string path) => new(SqliteConnector.OpenImmutable(path));

    /// <summary>The database header; bytes past the end of a short file are zero.</summary>
    public DatabaseHeader ReadHeader()
    {
        byte[] bytes = new byte[DatabaseHeader.Length];
        _ = Read(0, bytes);
        return new DatabaseHeader(bytes);
    }

    /// <summary>Reads bytes. SQLite fills what lies past the end of the file with zeros.</summary>
    /// <returns>SQLite's extended result code: OK, or SQLITE_IOERR_SHORT_READ past the end.</returns>
    public int Read(long offset, Span<byte> buffer)
    {
        var read = (delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)Method(ReadMethod);
        fixed (byte* bytes = buffer)
        {
            return read(_file, bytes, buffer.Length, offset);
        }
    }

    /// <summary>
    /// Takes a reader's lock on the file and keeps it: nobody can roll a journal back or commit to a rollback-journal database meanwhile.
    /// </summary>
    /// <returns>Whether it was free to be taken.</returns>
    public bool TryLockShared()
    {
        var takeLock = (delegate* unmanaged[Cdecl]<nint, int, int>)Method(LockMethod);
        return takeLock(_file, LockShared) == raw.SQLITE_OK;
    }

    /// <summary>Closes the file, which gives up the lock.</summary>
    public void Dispose() => Connection.Dispose();

    // sqlite3_file begins with a pointer to its methods, whose first member, a version number, is padded to a pointer's size.
    private nint Method(int index) => ((nint*)*(nint*)_file)[index];
}
