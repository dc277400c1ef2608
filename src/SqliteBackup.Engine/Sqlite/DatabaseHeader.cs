using System.Buffers.Binary;

namespace SqliteBackup.Sqlite;

/// <summary>The first 100 bytes of a database (https://sqlite.org/fileformat2.html#the_database_header).</summary>
internal sealed class DatabaseHeader
{
    /// <summary>Bytes.</summary>
    public const int Length = 100;

    /// <summary>Where the two bytes lie that tell a WAL database (2) from a rollback-journal one (1): write version, read version.</summary>
    public const int VersionsOffset = 18;

    /// <summary>The value of each version byte for a rollback journal.</summary>
    public const byte RollbackVersion = 1;

    /// <summary>Its value in WAL mode.</summary>
    public const byte WalVersion = 2;

    private readonly byte[] _bytes;

    public DatabaseHeader(byte[] bytes) => _bytes = bytes;

    public static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    public bool HasMagic => _bytes.AsSpan().StartsWith(Magic);

    /// <summary>Bytes a page; 0 where the header's value is none that SQLite knows.</summary>
    public int PageSize
    {
        get
        {
            int stored = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(16));
            int size = stored == 1 ? 65536 : stored;
            return size >= 512 && int.IsPow2(size) ? size : 0;
        }
    }

    public bool IsWal => _bytes[VersionsOffset + 1] == WalVersion;

    /// <summary>Pages, as the header says; only valid where <see cref="HasPageCount"/>.</summary>
    public uint PageCount => Number(28);

    /// <summary>Counts the commits of a rollback-journal database; those of a WAL one only in part.</summary>
    public uint ChangeCounter => Number(24);

    /// <summary>Whether the writer was new enough to keep the page count: the change counter equals the version-valid-for number.</summary>
    public bool HasPageCount => PageCount > 0 && _bytes.AsSpan(24, 4).SequenceEqual(_bytes.AsSpan(92, 4));

    /// <summary>Pages that hold nothing.</summary>
    public uint FreePages => Number(36);

    /// <summary>Counts the changes of the schema.</summary>
    public uint SchemaVersion => Number(40);

    /// <summary>Whether free pages can be cut off.</summary>
    public bool HasAutoVacuum => Number(52) != 0;

    /// <summary>Whether that waits until it is asked for.</summary>
    public bool IsIncremental => Number(64) != 0;

    /// <summary>1 for UTF-8, 2 for UTF-16le, 3 for UTF-16be, 0 where no table was ever made.</summary>
    public uint Encoding => Number(56);

    /// <summary>The application's own number (https://sqlite.org/pragma.html#pragma_user_version).</summary>
    public int UserVersion => (int)Number(60);

    /// <summary>What kind of file the application says it is (https://sqlite.org/pragma.html#pragma_application_id).</summary>
    public int ApplicationId => (int)Number(68);

    private uint Number(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));
}
