using Microsoft.Data.Sqlite;

namespace SqliteBackup.Engine.Tests.Sql;

/// <summary>A database that has every thing that a dump may get wrong.</summary>
internal static class OddDatabase
{
    public const string Schema =
        """
        CREATE TABLE plain(a, b TEXT, c BLOB);
        CREATE TABLE "select"("from" INTEGER PRIMARY KEY, "a b" TEXT, "q""q" REAL, "rowid" TEXT);
        CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
        CREATE TABLE without(k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
        CREATE TABLE strict(i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT;
        CREATE TABLE generated(a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL, c TEXT, d TEXT AS (c || '!') STORED);
        CREATE TABLE parent(id INTEGER PRIMARY KEY);
        CREATE TABLE child(id INTEGER PRIMARY KEY, parent REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE descending(id INTEGER PRIMARY KEY DESC, v);
        CREATE TABLE "quote's ; -- "(x); -- a comment; with a semicolon
        CREATE TABLE "größe ☃"("[x]" TEXT COLLATE NOCASE NOT NULL DEFAULT (upper('d''q')), "`" INT CHECK("`" > 0), "a
        b" UNIQUE);
        CREATE TABLE [0](["], `'` DEFAULT 'x;--');
        CREATE TABLE grown(a);
        CREATE TABLE keyed(a TEXT, b INT, c, PRIMARY KEY(b DESC, a COLLATE NOCASE)) WITHOUT ROWID;
        CREATE TABLE "table"("index" INTEGER PRIMARY KEY, "order" TEXT, "group" BLOB);
        CREATE INDEX "odd ] index" ON "table"("order" COLLATE NOCASE DESC, "group");
        CREATE VIEW "select view"("a b", "c") AS SELECT "order", "group" FROM "table";
        CREATE INDEX partial ON plain(b) WHERE b IS NOT NULL;
        CREATE INDEX expression ON plain(lower(b), a + 1);
        CREATE VIEW seen AS SELECT a, b FROM plain WHERE a > 1;
        CREATE TRIGGER counting AFTER INSERT ON plain WHEN new.a = 'never; END' BEGIN
          INSERT INTO counted(name) VALUES(CASE WHEN new.a THEN 'x; y' ELSE 'END;' END);
          UPDATE plain SET a = 1 WHERE 0;
        END;
        CREATE TRIGGER viewing INSTEAD OF INSERT ON seen BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE words USING fts5(title, body);
        CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
        CREATE VIRTUAL TABLE outside USING fts5("order", content="table", content_rowid="index");
        CREATE VIRTUAL TABLE "odd words" USING fts5(a, tokenize="porter unicode61", prefix='2 3');
        PRAGMA user_version=-42;
        PRAGMA application_id=252006673;
        """;

    /// <summary>Everything in it, as text that two equal databases have in common.</summary>
    public const string Fingerprint =
        "SELECT group_concat(quote(type)||quote(name)||quote(tbl_name)||quote(sql),char(10)) FROM (SELECT * FROM sqlite_schema WHERE name NOT LIKE 'sqlite_autoindex%' ORDER BY type,name)";

    public static string Create(string path, string encoding = "UTF-8")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, $"PRAGMA encoding='{encoding}'");
        SampleDatabase.Execute(connection, Schema);
        foreach (object value in (object[])
        [
            long.MaxValue, long.MinValue, 0L, -1L, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, -double.Epsilon,
            2.2250738585072011e-308, 0.1, 1.0 / 3, 1e23, 9007199254740993.0, 5.0, 1e15, 123456789012345680.0, -1.7976931348623155e308,
            "plain", "it's", "two\nlines", "dos\r\nlines\r\n", "nul\0inside\0", "\r\\r\0\\0'", "", "snow \u2603 \U0001F600", "; -- /* not a comment */", "trailing\\",
            new byte[] { 0, 255, 39, 59 }, Array.Empty<byte>(), DBNull.Value,
        ])
        {
            Insert(connection, "INSERT INTO plain(a, b, c) VALUES($v, typeof($v), $v)", value);
            if (value is not DBNull)
            {
                Insert(connection, "INSERT INTO without VALUES(hex($v) || typeof($v), $v)", value);
                Insert(connection, "INSERT INTO strict(a) VALUES($v)", value);
            }
        }

        SampleDatabase.Execute(
            connection,
            """
            INSERT INTO "select" VALUES(7, 'x', 1.5, 'not the rowid');
            INSERT INTO counted(name) VALUES('a'), ('b'), ('gone');
            DELETE FROM counted WHERE name = 'gone';
            INSERT INTO strict VALUES(1, 2.0, 'three', X'04', 5.0);
            INSERT INTO generated(a, c) VALUES(1, 'one'), (2, 'two');
            INSERT INTO child VALUES(1, NULL);
            INSERT INTO descending VALUES(5, 'five'), (3, 'three');
            INSERT INTO "quote's ; -- " VALUES(1);
            DELETE FROM plain WHERE a = 0;
            INSERT INTO "größe ☃"("`", "a
            b") VALUES(1, 'x'), (2, NULL);
            INSERT INTO [0] VALUES(X'00', '0'), (NULL, '');
            INSERT INTO grown VALUES(1);
            ALTER TABLE grown ADD COLUMN later TEXT DEFAULT 'since then';
            INSERT INTO grown VALUES(2, NULL);
            INSERT INTO keyed VALUES('a', 1, 1.5), ('b', 2, NULL), ('A', 3, X'');
            INSERT INTO "table" VALUES(-9223372036854775808, 'least', NULL), (9223372036854775807, 'most', X'FF');
            INSERT INTO outside(rowid, "order") SELECT "index", "order" FROM "table";
            INSERT INTO "odd words" VALUES('running quickly'), ('it''s; over');
            INSERT INTO words VALUES('first', 'the quick brown fox'), ('second', 'jumps over it');
            INSERT INTO boxes VALUES(1, 0.0, 1.0), (2, 5.0, 6.5);
            ANALYZE;
            """);
        return path;
    }

    /// <summary>Asserts that two databases hold the same: schema, rows with their types and rowids, counters and numbers.</summary>
    public static void AssertEqual(string expected, string actual)
    {
        foreach (string query in (string[])
        [
            Fingerprint,
            "PRAGMA user_version",
            "PRAGMA application_id",
            "PRAGMA encoding",
            "SELECT group_concat(rowid||typeof(a)||hex(a)||quote(a)||quote(b)||hex(c)||quote(c),char(10)) FROM plain",
            "SELECT group_concat(quote(a),char(10)) FROM strict",
            "SELECT group_concat(quote(k)||quote(v),char(10)) FROM without",
            "SELECT group_concat(quote(\"from\")||quote(\"a b\")||quote(\"q\"\"q\")||quote(\"rowid\"),char(10)) FROM \"select\"",
            "SELECT group_concat(a||'|'||b||'|'||c||'|'||d,char(10)) FROM generated",
            "SELECT group_concat(rowid||quote(id)||quote(v),char(10)) FROM descending",
            "SELECT group_concat(name||seq,char(10)) FROM (SELECT * FROM sqlite_sequence ORDER BY name)",
            "SELECT group_concat(quote(tbl)||quote(idx)||quote(stat),char(10)) FROM (SELECT * FROM sqlite_stat1 ORDER BY tbl,idx)",
            "SELECT group_concat(rowid||title,char(10)) FROM words WHERE words MATCH 'quick OR jumps'",
            "SELECT group_concat(id||x0||x1,char(10)) FROM boxes WHERE x1 > 0.5",
            "PRAGMA integrity_check",
        ])
        {
            Assert.Equal(SampleDatabase.Scalar<object>(expected, query), SampleDatabase.Scalar<object>(actual, query));
        }

        Assert.Equal(Reals(expected), Reals(actual));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(actual, "PRAGMA integrity_check"));
    }

    private static long[] Reals(string path)
    {
        using SqliteConnection connection = SampleDatabase.Open(path, SqliteOpenMode.ReadOnly);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT a FROM plain WHERE typeof(a) = 'real' ORDER BY rowid";
        using SqliteDataReader reader = command.ExecuteReader();
        var bits = new List<long>();
        while (reader.Read())
        {
            bits.Add(BitConverter.DoubleToInt64Bits(reader.GetDouble(0)));
        }

        return [.. bits];
    }

    private static void Insert(SqliteConnection connection, string sql, object value)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$v", value);
        command.ExecuteNonQuery();
    }
}
