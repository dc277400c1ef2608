using SqliteBackup.Catalog;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Sources;

/// <summary>Tells a database from what only looks like a file of one, and says what it probably is.</summary>
internal static class HeaderCheck
{
    /// <summary>Throws unless the header is a database's.</summary>
    /// <param name="path">The path, for the message.</param>
    /// <param name="header">The header.</param>
    /// <param name="size">The file's size in bytes.</param>
    /// <param name="readBeginning">The first bytes, only asked for where the header is not one.</param>
    public static void ThrowUnlessDatabase(string path, DatabaseHeader header, long size, Func<byte[]> readBeginning)
    {
        if (!header.HasMagic)
        {
            byte[] beginning = readBeginning();
            BackupCompression compression = Codec.Recognize(beginning);
            throw new SqliteBackupException(
                BackupFailure.NotADatabase,
                path,
                AgeHeader.Begins(beginning)
                    ? $"'{path}' is encrypted with age, not a database that can be opened. Use Restore-SqliteDatabase with -IdentityFile to make a database of an encrypted backup; to keep another copy of it, use Copy-SqliteBackup."
                : compression != BackupCompression.None
                    ? $"'{path}' is compressed ({compression}), not a database that can be opened. Use Restore-SqliteDatabase to make a database of a compressed backup; to keep another copy of it, copy the file and its {BackupManifest.FileSuffix}."
                : LooksEncrypted(beginning, size)
                    ? $"'{path}' is not a plain SQLite database. It is most likely encrypted (SQLCipher and SEE files look like this): back it up with the library that has its key."
                    : $"'{path}' is not an SQLite database: it does not begin as one. Check the path; if it was one, restore it from a backup.");
        }

        if (header.PageSize == 0)
        {
            throw new SqliteBackupException(
                BackupFailure.NotADatabase, path, $"'{path}' begins as an SQLite database, but its header names a page size that SQLite does not know: it is damaged.");
        }

        if (size < header.PageSize)
        {
            throw CutShort(path, header.PageSize, size);
        }
    }

    /// <summary>
    /// The exception for a file that SQLite, under a reader's lock, found to be no whole database. Only then may the length be compared with
    /// the header: a commit writes the one before the other.
    /// </summary>
    public static SqliteBackupException Damaged(string path, DatabaseHeader header, long size, string finding, int code)
    {
        long told = header.HasPageCount ? header.PageCount * (long)header.PageSize : 0;
        return size < told
            ? CutShort(path, told, size)
            : new SqliteBackupException(
                BackupFailure.NotADatabase,
                path,
                $"'{path}' can't be read as a database: it is damaged or encrypted ({finding}). Restore it from a backup, or try sqlite3's .recover on a copy.",
                code);
    }

    private static SqliteBackupException CutShort(string path, long told, long size) =>
        new(
            BackupFailure.NotADatabase,
            path,
            $"'{path}' is cut short: its header tells {told:N0} bytes, the file has {size:N0}. Restore it from a backup, or try sqlite3's .recover on a copy.");

    // Ciphertext is written in whole pages and has no pattern: 1,024 random bytes show about 250 of the 256 values.
    private static bool LooksEncrypted(byte[] beginning, long size) =>
        size % 512 == 0 && size >= beginning.Length && beginning.Distinct().Count() > 225;
}
