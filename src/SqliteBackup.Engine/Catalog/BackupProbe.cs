using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage.Encoding;
using ZstdSharp;

namespace SqliteBackup.Catalog;

/// <summary>What the first bytes of a file say: a plain, compressed or encrypted database, or nothing that is one.</summary>
/// <param name="Compression">How it is stored.</param>
/// <param name="Bytes">The database's size as its header says, or null where it does not.</param>
/// <param name="IsEncrypted">Whether it is encrypted with age. What is in it then only its name says.</param>
internal sealed record BackupProbe(BackupCompression Compression, long? Bytes, bool IsEncrypted = false)
{
    /// <summary>Looks into a file, which may be a database that somebody uses: it is read through SQLite.</summary>
    /// <param name="path">The file.</param>
    /// <param name="onUnread">Hears why a file can't be read.</param>
    public static BackupProbe? Look(string path, Action<string>? onUnread = null)
    {
        try
        {
            BackupCompression compression;
            using (RawDatabaseFile file = RawDatabaseFile.Open(path))
            {
                byte[] beginning = new byte[DatabaseHeader.Length];
                _ = file.Read(0, beginning);
                if (AgeHeader.Begins(beginning))
                {
                    return Encrypted(path);
                }

                compression = Codec.Recognize(beginning);
                if (compression == BackupCompression.None)
                {
                    return Create(compression, beginning);
                }
            }

            using Stream content = Codec.Decompress(RegularFile.OpenRead(path), compression);
            byte[] header = new byte[DatabaseHeader.Length];
            return content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length ? Create(compression, header) : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException)
        {
            // What can't be decompressed is not known to be a backup.
            return null;
        }
        catch (Exception exception) when (exception is SqliteBackupException or IOException or UnauthorizedAccessException)
        {
            onUnread?.Invoke(exception.Message);
            return null;
        }
    }

    /// <summary>Looks at a file's beginning.</summary>
    /// <param name="content">Its bytes from the first on.</param>
    /// <param name="name">Its name.</param>
    public static BackupProbe? Look(Stream content, string name)
    {
        byte[] beginning = new byte[DatabaseHeader.Length];
        int read = content.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        if (AgeHeader.Begins(beginning))
        {
            return Encrypted(name);
        }

        BackupCompression compression = Codec.Recognize(beginning);
        if (read < beginning.Length || compression == BackupCompression.None)
        {
            return read < beginning.Length ? null : Create(compression, beginning);
        }

        try
        {
            byte[] header = new byte[DatabaseHeader.Length];
            using Stream plain = Codec.Decompress(new PrefixedStream(beginning, content), compression);
            return plain.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length ? Create(compression, header) : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException)
        {
            return null;
        }
    }

    private static BackupProbe Encrypted(string name) => new(BackupDestinations.CompressionOf(name), null, IsEncrypted: true);

    private static BackupProbe? Create(BackupCompression compression, byte[] bytes)
    {
        var header = new DatabaseHeader(bytes);
        return header.HasMagic && header.PageSize > 0
            ? new BackupProbe(compression, header.HasPageCount ? header.PageCount * (long)header.PageSize : null)
            : null;
    }
}
