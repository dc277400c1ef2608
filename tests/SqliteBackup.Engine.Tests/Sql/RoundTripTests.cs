using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sql;
using SQLitePCL;

namespace SqliteBackup.Engine.Tests.Sql;

/// <summary>Databases that are hard to write as text, each of which comes back as it was: through us, and through the sqlite3 shell.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CREATE TABLE t(a, rowid AS (a + 1)); INSERT INTO t VALUES(1), (5); DELETE FROM t WHERE a = 1;")]
    [InlineData("CREATE TABLE t(a, oid AS (a + 1) STORED, _ROWID_ TEXT AS ('x')); INSERT INTO t VALUES(1), (5); DELETE FROM t WHERE a = 1;")]
    [InlineData("CREATE TABLE t(a, rowid AS (a), oid AS (a), _rowid_ AS (a)); INSERT INTO t VALUES(1), (5);")]
    [InlineData("CREATE TABLE t(\"rowid\" TEXT, a AS (1)); INSERT INTO t VALUES('x'); UPDATE t SET _rowid_ = 9;")]
    [InlineData("CREATE TABLE t(a CHECK(a IN (\"x\", \"y\")), b DEFAULT \"dq\"); INSERT INTO t(a) VALUES(\"x\"); CREATE VIEW v AS SELECT \"literal\"; CREATE INDEX i ON t(a) WHERE b <> \"z\";")]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES(7); INSERT INTO sqlite_sequence VALUES('gone', 3), ('T', 99), (NULL, 'text');")]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES(7); DROP TABLE t; INSERT INTO sqlite_sequence VALUES('t', 7);")]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES(7); DROP TABLE t;")]
    [InlineData("CREATE TABLE t(a /* AUTOINCREMENT */); INSERT INTO t VALUES(1);")]
    [InlineData("CREATE TABLE t(a); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1), (2); ANALYZE; PRAGMA writable_schema=ON; CREATE TABLE IF NOT EXISTS sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample); DELETE FROM sqlite_stat4; INSERT INTO sqlite_stat4 VALUES('t','i','1','0','0',X'0102'); CREATE TABLE sqlite_stat3(tbl,idx,neq,nlt,ndlt,sample); INSERT INTO sqlite_stat3 VALUES('t','i','1','0','0',1);")]
    [InlineData("CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE VIEW v AS SELECT a FROM t /* never closed")]
    [InlineData("CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE INDEX i ON t(a) /* never closed *")]
    [InlineData("CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE INDEX i ON t(a) -- no line end")]
    [InlineData("CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE INDEX i ON t(a) -- a line end\n")]
    [InlineData("CREATE TABLE t(a -- one; two\n, b DEFAULT '--'); INSERT INTO t(a) VALUES(1); CREATE VIEW v AS SELECT '--' AS c;")]
    [InlineData("CREATE TABLE t(a); INSERT INTO t VALUES(CAST(X'FF41C328' AS TEXT)), (CAST(X'EDA080' AS TEXT)), (CAST(X'4100FF0D0A' AS TEXT));")]
    public void It_comes_back_as_it_was(string sql)
    {
        string database = _folder["in/a.db"];
        Make(database, sql);
        string[] expected = Content(database);

        Run(database, "a.sql");

        Assert.Equal(expected, Content(_folder["back.db"]));
        Run(_folder["back.db"], "again.sql", "again.db");
        Assert.Equal(File.ReadAllBytes(_folder["a.sql"]), File.ReadAllBytes(_folder["again.sql"]));
        Assert.SkipUnless(HasShell(), "the sqlite3 shell is not on PATH (package sqlite3)");
        Shell(_folder["shell.db"], "a.sql");
        Assert.Equal(expected, Content(_folder["shell.db"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_table_of_as_many_columns_as_there_can_be_keeps_its_rowids(int generated)
    {
        string columns = string.Join(',', Enumerable.Range(1, 2000 - generated).Select(i => $"c{i}")) + (generated > 0 ? ", g AS (c1)" : "");
        string database = _folder["in/a.db"];
        Make(database, $"CREATE TABLE t({columns}); " + string.Concat(
            ((long[])[long.MinValue, -7, -6, 1, 2, 5, long.MaxValue - 1, long.MaxValue]).Select(id => $"INSERT INTO t(rowid, c1, c1999) VALUES({id}, {id}, 'x');")));

        Run(database, "a.sql");

        const string All = "SELECT group_concat(rowid || ':' || c1 || c1999 || typeof(c2), ' ') FROM t";
        string expected = SampleDatabase.Scalar<string>(database, All);
        Assert.Equal(expected, SampleDatabase.Scalar<string>(_folder["back.db"], All));
        Assert.SkipUnless(HasShell(), "the sqlite3 shell is not on PATH (package sqlite3)");
        Shell(_folder["shell.db"], "a.sql");
        Assert.Equal(expected, SampleDatabase.Scalar<string>(_folder["shell.db"], All));
    }

    [Fact]
    public void The_schema_alone_and_then_the_data_alone_make_the_same_database()
    {
        string database = OddDatabase.Create(_folder["in/odd.db"]);
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(
                connection,
                "CREATE TABLE log(what); CREATE TRIGGER logging AFTER INSERT ON child BEGIN INSERT INTO log VALUES('again'); END;");
        }

        string schema = Export(database, "schema.sql", request => request with { SchemaOnly = true });
        string data = Export(database, "data.sql", request => request with { DataOnly = true });
        File.WriteAllText(_folder["both.sql"], File.ReadAllText(schema) + File.ReadAllText(data));

        Import("both.sql", "back.db");

        Assert.Equal(FullContent.Of(database), FullContent.Of(_folder["back.db"]));
        OddDatabase.AssertEqual(database, _folder["back.db"]);
        Assert.SkipUnless(HasShell(), "the sqlite3 shell is not on PATH (package sqlite3)");
        Shell(_folder["shell.db"], "schema.sql");
        Shell(_folder["shell.db"], "data.sql");
        Assert.Equal(FullContent.Of(database), FullContent.Of(_folder["shell.db"]));
    }

    [Fact]
    public void Names_that_are_not_valid_UTF8_come_back()
    {
        string database = _folder["in/a.db"];
        Make(database, "CREATE TABLE good(a); INSERT INTO good VALUES(1);");
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            byte[] sql = [.. "CREATE TABLE \"t"u8, 0xFF, .. "\"(\"c"u8, 0xFE, .. "\" TEXT PRIMARY KEY, b AS ('"u8, 0xFD, .. "')); INSERT INTO \"t"u8, 0xFF, .. "\" VALUES('x');"u8];
            ReadOnlySpan<byte> rest = sql;
            while (!rest.IsEmpty)
            {
                Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(connection.Handle, rest, out sqlite3_stmt statement, out rest));
                Assert.Equal(raw.SQLITE_DONE, raw.sqlite3_step(statement));
                statement.Dispose();
            }
        }

        Run(database, "a.sql");

        const string Schema = "SELECT group_concat(hex(name) || hex(sql)) FROM sqlite_schema WHERE sql NOT NULL";
        Assert.Contains("FF", SampleDatabase.Scalar<string>(database, "SELECT hex(name) FROM sqlite_schema WHERE name <> 'good' AND sql NOT NULL"), StringComparison.Ordinal);
        Assert.Equal(SampleDatabase.Scalar<string>(database, Schema), SampleDatabase.Scalar<string>(_folder["back.db"], Schema));
        Assert.Contains(
            "not valid UTF-8",
            BackupRun.Fails(BackupFailure.BackupFailed, () => SqlExport.ToStrings(new ExportRequest { Database = database }, _ => { }, null, TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_hold_values_that_are_not_valid_UTF8()
    {
        string database = _folder["in/a.db"];
        Make(database, "CREATE TABLE t(a); INSERT INTO t VALUES(CAST(X'41FF' AS TEXT));");
        var text = new StringBuilder();

        SqlExport.ToStrings(new ExportRequest { Database = database }, statement => text.AppendLine(statement), null, TestContext.Current.CancellationToken);

        File.WriteAllText(_folder["a.sql"], text.ToString());
        Import("a.sql", "back.db");
        Assert.Equal("text41FF", SampleDatabase.Scalar<string>(_folder["back.db"], "SELECT typeof(a) || hex(a) FROM t"));
    }

    private static string[] Content(string database) =>
        [.. FullContent.Of(database), .. Hex(database)];

    // Bytes that are no text have to be seen as bytes.
    private static IEnumerable<string> Hex(string database)
    {
        using SqliteConnection connection = SampleDatabase.Open(database, SqliteOpenMode.ReadOnly);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pragma_table_xinfo('t') WHERE name = 'a'";
        if ((long)command.ExecuteScalar()! == 0)
        {
            yield break;
        }

        command.CommandText = "SELECT typeof(a) || hex(a) FROM t";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader.GetString(0);
        }
    }

    private static bool HasShell() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "sqlite3")));

    // As the sqlite3 shell would: with names in double quotes that are texts.
    private static void Make(string database, string sql)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(database)!);
        using SqliteConnection connection = SampleDatabase.Open(database);
        _ = raw.sqlite3_db_config(connection.Handle, 1013, 1, out _);
        _ = raw.sqlite3_db_config(connection.Handle, 1014, 1, out _);
        SampleDatabase.Execute(connection, sql);
    }

    private void Shell(string database, string script)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("sqlite3", ["-batch", "-bail", database, $".read '{_folder[script]}'"]) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", error);
    }

    private void Run(string database, string text, string back = "back.db")
    {
        Export(database, text, request => request);
        Import(text, back);
    }

    private string Export(string database, string text, Func<ExportRequest, ExportRequest> with)
    {
        SqlExport.ToFile(with(new ExportRequest { Database = database }), _folder[text], false, null, CancellationToken.None);
        return _folder[text];
    }

    private void Import(string text, string database) =>
        SqlImport.Run(new ImportRequest { Path = _folder[text], Destination = _folder[database] }, null, CancellationToken.None);
}
