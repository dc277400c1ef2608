using System.Text.RegularExpressions;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>A table to write: what has to be named for its rows to come back as they were. Its texts are <see cref="RawText"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">The virtual table that a shadow table belongs to; otherwise its own name.</param>
/// <param name="Sql">The statement that makes it.</param>
/// <param name="IsVirtual">Whether its rows live in other tables.</param>
internal sealed partial record DumpTable(string Name, string Owner, string Sql, bool IsVirtual)
{
    private static readonly string[] RowIdNames = ["rowid", "_rowid_", "oid"];

    /// <summary>The columns that can be written, quoted.</summary>
    public IReadOnlyList<string> Columns { get; private init; } = [];

    /// <summary>Whether it has columns that can't be written, so that an INSERT has to name the others.</summary>
    public bool HasGenerated { get; private init; }

    /// <summary>The name of a rowid that no column shows, or null.</summary>
    public string? RowId { get; private init; }

    /// <summary>Whether it counts its rowids in sqlite_sequence.</summary>
    public bool HasAutoincrement { get; private init; }

    /// <summary>Whether SQLite makes it by itself.</summary>
    public bool IsInternal => Name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it holds what a virtual table shows.</summary>
    public bool IsShadow => Owner != Name;

    /// <summary>The tables of a database in the order in which they were made.</summary>
    public static IReadOnlyList<DumpTable> ReadAll(sqlite3 connection, string path)
    {
        var found = new List<(string Name, string Sql, string Type, bool IsWithoutRowId)>();
        using (var rows = new SqliteStatement(
            connection,
            path,
            "SELECT s.name, s.sql, l.type, l.wr FROM sqlite_schema s JOIN pragma_table_list l ON l.schema='main' AND l.name=s.name COLLATE NOCASE WHERE s.type='table' AND s.sql NOT NULL ORDER BY s.rowid"))
        {
            while (rows.Read())
            {
                found.Add((RawText.Of(rows, 0), RawText.Of(rows, 1), RawText.Of(rows, 2), rows.Integer(3) != 0));
            }
        }

        string[] virtualTables = [.. found.Where(table => table.Type == "virtual").Select(table => table.Name).OrderByDescending(name => name.Length)];
        return
        [
            .. found.Select(table =>
            {
                string owner = table.Type == "shadow"
                    ? Array.Find(virtualTables, name => table.Name.StartsWith(name + "_", StringComparison.OrdinalIgnoreCase)) ?? table.Name
                    : table.Name;
                var dumped = new DumpTable(table.Name, owner, table.Sql, table.Type == "virtual" || VirtualTable().IsMatch(table.Sql));
                return dumped.IsVirtual ? dumped : dumped.WithColumns(table.IsWithoutRowId, connection, path);
            }),
        ];
    }

    private DumpTable WithColumns(bool isWithoutRowId, sqlite3 connection, string path)
    {
        var all = new List<string>();
        var written = new List<string>();
        string? primaryKey = null;
        using (SqliteStatement rows = new SqliteStatement(connection, path, "SELECT name, hidden, pk FROM pragma_table_xinfo(?)").With(RawText.Bytes(Name)))
        {
            while (rows.Read())
            {
                string column = RawText.Of(rows, 0);
                all.Add(column);
                if (rows.Integer(1) is not (2 or 3))
                {
                    written.Add(RawText.Name(column));
                }

                primaryKey = rows.Integer(2) == 1 ? column : primaryKey;
            }
        }

        // A primary key without an index of its own is the rowid. Any column hides it, a generated one too.
        bool hasHiddenRowId = !isWithoutRowId && !IsInternal && (primaryKey is null || HasPrimaryKeyIndex(connection, path));
        return this with
        {
            Columns = written,
            HasGenerated = written.Count < all.Count,
            RowId = hasHiddenRowId ? Array.Find(RowIdNames, name => !all.Contains(name, StringComparer.OrdinalIgnoreCase)) : null,
            HasAutoincrement = primaryKey is not null && !isWithoutRowId && Counts(connection, path, primaryKey),
        };
    }

    private bool HasPrimaryKeyIndex(sqlite3 connection, string path)
    {
        using SqliteStatement rows = new SqliteStatement(connection, path, "SELECT 1 FROM pragma_index_list(?) WHERE origin='pk'").With(RawText.Bytes(Name));
        return rows.Read();
    }

    // SQLite's own answer: the word may stand in a comment, too.
    private bool Counts(sqlite3 connection, string path, string primaryKey)
    {
        SqliteErrors.Check(
            raw.sqlite3_table_column_metadata(
                connection, Utf8("main"), Utf8(Name), Utf8(primaryKey), out _, out _, out _, out _, out int isCounted),
            connection,
            BackupFailure.BackupFailed,
            path);
        return isCounted != 0;
    }

    private static utf8z Utf8(string text)
    {
        byte[] bytes = [.. RawText.Bytes(text), 0];
        return utf8z.FromSpan(bytes);
    }

    [GeneratedRegex(@"^\s*CREATE\s+VIRTUAL\s+TABLE\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VirtualTable();
}
