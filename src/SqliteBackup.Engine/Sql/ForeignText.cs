using System.Text;

namespace SqliteBackup.Sql;

/// <summary>Tells what a file is that is no SQL text for SQLite, and what to do with it.</summary>
internal static class ForeignText
{
    private static readonly (byte[] Beginning, string Advice)[] Files =
    [
        ([.. "SQLite format 3\0"u8], "is a database, or a backup of one, not SQL text. Use Restore-SqliteDatabase for a backup."),
        ([0xFD, .. "7zXZ"u8, 0], "is compressed with xz, which is not read here. Unpack it with xz -d, then import what comes out."),
        ([.. "BZh"u8], "is compressed with bzip2, which is not read here. Unpack it with bzip2 -d, then import what comes out."),
        ([0x04, 0x22, 0x4D, 0x18], "is compressed with lz4, which is not read here. Unpack it with lz4 -d, then import what comes out."),
        ([.. "PK"u8, 3, 4], "is a zip archive. Unpack it, then import the SQL file in it."),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "is a 7z archive. Unpack it, then import the SQL file in it."),
        ([.. "PGDMP"u8], "is an archive of PostgreSQL's pg_dump, not SQL text for SQLite. Convert it, for instance with pgloader or a script."),
        ([.. "age-encryption.org/"u8], "is encrypted with age. Decrypt it, then import what comes out."),
    ];

    private static readonly (string Mark, string Of)[] Dumps =
    [
        ("-- MySQL dump", "MySQL"), ("-- MariaDB dump", "MariaDB"), ("-- PostgreSQL database", "PostgreSQL"), ("/*!40", "MySQL or MariaDB"), ("/*!50", "MySQL or MariaDB"),
    ];

    /// <summary>What a file is by its first bytes: a predicate with what to do; null where nothing speaks against SQL text.</summary>
    public static string? OfBeginning(ReadOnlySpan<byte> beginning)
    {
        foreach ((byte[] mark, string advice) in Files)
        {
            if (beginning.StartsWith(mark))
            {
                return advice;
            }
        }

        // Text without the mark that says so: every other byte is 0.
        return beginning.Length >= 4 && (beginning[1..4] is [0, > 0, 0] || (beginning[0] == 0 && beginning[1] > 0 && beginning[2] == 0))
            ? "is UTF-16 without the mark (FF FE or FE FF) that says so. Save it as UTF-8."
            : null;
    }

    /// <summary>What may be behind a statement that failed, as a sentence with a space before it; empty where nothing is known.</summary>
    /// <param name="beginning">The first statement of the file.</param>
    /// <param name="statement">The one that failed.</param>
    public static string Explain(ReadOnlySpan<byte> beginning, ReadOnlySpan<byte> statement)
    {
        if (statement.StartsWith("."u8))
        {
            return " A line that begins with a dot is a command of the sqlite3 shell, not SQL. Remove it, or run the file with sqlite3.";
        }

        string start = Encoding.UTF8.GetString(beginning[..Math.Min(beginning.Length, 4096)]);
        string? of = Array.Find(Dumps, dump => start.Contains(dump.Mark, StringComparison.Ordinal)).Of;
        return of is null ? "" : $" The file is a dump of {of}, whose SQL is not SQLite's. Convert it first, for instance with mysql2sqlite or pgloader.";
    }
}
