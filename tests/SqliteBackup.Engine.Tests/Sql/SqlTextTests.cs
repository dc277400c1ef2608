using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sql;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Engine.Tests.Sql;

/// <summary>A database goes through SQL text, ours and the sqlite3 shell's, and comes back as it was.</summary>
public sealed class SqlTextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dump.sql", "UTF-8")]
    [InlineData("dump.sql.gz", "UTF-8")]
    [InlineData("dump.sql.zst", "UTF-8")]
    [InlineData("dump.sql", "UTF-16le")]
    public void A_database_with_everything_comes_back_equal(string name, string encoding)
    {
        string database = OddDatabase.Create(_folder["in/odd.db"], encoding);

        ExportResult exported = Export(database, name);
        ImportResult imported = Import(_folder[name], "back.db");

        OddDatabase.AssertEqual(database, _folder["back.db"]);
        Assert.Equal(new FileInfo(_folder[name]).Length, exported.StoredBytes);
        Assert.InRange(imported.Statements, exported.Rows, exported.Rows + 100);
        Assert.Equal(["back.db", name, "in"], _folder.Files());
    }

    [Fact]
    public void The_sqlite3_shell_makes_the_same_database_of_our_text_as_we_do()
    {
        Assert.SkipUnless(HasShell(), "the sqlite3 shell is not on PATH");
        string database = OddDatabase.Create(_folder["in/odd.db"]);

        Export(database, "ours.sql");
        Shell(_folder["shell.db"], File.ReadAllBytes(_folder["ours.sql"]));
        Import(_folder["ours.sql"], "back.db");

        string[] expected = FullContent.Of(database);
        Assert.True(expected.Length > 150, $"{expected.Length} lines");
        Assert.Equal(expected, FullContent.Of(_folder["shell.db"]));
        Assert.Equal(expected, FullContent.Of(_folder["back.db"]));
        OddDatabase.AssertEqual(database, _folder["shell.db"]);
    }

    [Theory]
    [InlineData(".dump")]
    [InlineData(".dump --preserve-rowids")]
    public void We_make_the_same_database_of_the_shells_text_as_it_does_itself(string command)
    {
        Assert.SkipUnless(HasShell(), "the sqlite3 shell is not on PATH");
        string database = OddDatabase.Create(_folder["in/odd.db"]);
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            // The shell cuts text at a NUL, and older ones read the smallest reals as 0.
            foreach ((string table, string column) in ((string, string)[])[("plain", "a"), ("strict", "a"), ("without", "v")])
            {
                SampleDatabase.Execute(connection, $"DELETE FROM {table} WHERE instr({column}, char(0)) OR (typeof({column}) = 'real' AND abs({column}) < 1e-300)");
            }
        }

        File.WriteAllBytes(_folder["theirs.sql"], Shell(database, Encoding.UTF8.GetBytes(command + "\n")));
        Shell(_folder["shell.db"], File.ReadAllBytes(_folder["theirs.sql"]));
        Import(_folder["theirs.sql"], "back.db");

        Assert.Equal(FullContent.Of(_folder["shell.db"]), FullContent.Of(_folder["back.db"]));
        Assert.Equal(
            FullContent.Of(database, withRowIds: command != ".dump", withNumbers: false),
            FullContent.Of(_folder["back.db"], withRowIds: command != ".dump", withNumbers: false));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void A_dump_taken_while_a_writer_commits_is_one_instant(string journalMode)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 4 }.Create(_folder["in/app.db"]);
        using WriterProcess writer = WriterProcess.Start(database);

        Export(database, "dump.sql");

        Assert.Equal(0, writer.Stop().Errors);
        Import(_folder["dump.sql"], "back.db");
        Assert.True(Ledger.Read(_folder["back.db"]).IsOneInstant);
    }

    [Fact]
    public void Reals_are_written_so_that_their_last_bit_comes_back()
    {
        using SqliteConnection connection = SampleDatabase.Open(_folder["x.db"]);
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))).Where(double.IsFinite)];

        Assert.All(values.Append(double.Epsilon).Append(double.MaxValue), value =>
        {
            Assert.Equal(value, SampleDatabase.Scalar<double>(connection, "SELECT " + Literal(value)));
            Assert.Equal(value, SampleDatabase.Scalar<double>(connection, "SELECT " + RealText.Exact(value)));
        });
    }

    [Fact]
    public void Every_sqlite3_shell_reads_reals_to_their_last_bit()
    {
        Assert.SkipUnless(HasShell(), "the sqlite3 shell is not on PATH");
        var random = new Random(2);
        using (SqliteConnection connection = SampleDatabase.Open(_folder["reals.db"]))
        {
            SampleDatabase.Execute(connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL); BEGIN");
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "INSERT INTO t(x) VALUES($x)";
            SqliteParameter x = command.Parameters.Add("$x", SqliteType.Real);
            for (int i = 0; i < 60_000; i++)
            {
                double value = (i % 3) switch
                {
                    0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                    1 => random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),

                    // Fifteen digits: one in four thousand lies where an old shell rounds to the neighbour.
                    _ => random.NextInt64(100_000_000_000_000, 1_000_000_000_000_000) / Math.Pow(10, random.Next(0, 15)),
                };
                x.Value = double.IsFinite(value) ? value : 0.1 + 0.2;
                command.ExecuteNonQuery();
            }

            SampleDatabase.Execute(connection, "COMMIT");
        }

        Export(_folder["reals.db"], "reals.sql");
        Shell(_folder["shell.db"], File.ReadAllBytes(_folder["reals.sql"]));

        Assert.Equal(FullContent.Of(_folder["reals.db"]), FullContent.Of(_folder["shell.db"]));
    }

    [Fact]
    public void Tables_schema_and_data_can_be_chosen()
    {
        string database = OddDatabase.Create(_folder["in/odd.db"]);

        Import(ExportWith(database, "words.sql", request => request with { Tables = ["words"] }), "words.db");
        Assert.Equal(1L, SampleDatabase.Scalar<long>(_folder["words.db"], "SELECT count(*) FROM words WHERE words MATCH 'fox'"));
        Assert.Equal(0L, SampleDatabase.Scalar<long>(_folder["words.db"], "SELECT count(*) FROM sqlite_schema WHERE name = 'plain'"));
        string schema = ExportWith(database, "schema.sql", request => request with { SchemaOnly = true });
        Import(schema, "schema.db");
        Assert.Equal(0L, SampleDatabase.Scalar<long>(_folder["schema.db"], "SELECT count(*) FROM plain"));
        string data = File.ReadAllText(ExportWith(database, "data.sql", request => request with { DataOnly = true, Tables = ["p?ain"] }));
        Assert.DoesNotContain("CREATE TABLE", data, StringComparison.Ordinal);
        Assert.Contains("INSERT INTO \"plain\"", data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE t(x);\n\n/* a;\n b */ INSERT INTO t\nVALUES(1);\nINSERT INTO nope VALUES(1);", 6, "no such table")]
    [InlineData("BEGIN;\nCREATE TABLE t(x);\nINSERT INTO t VALUES('a;\n", 3, "unrecognized token")]
    [InlineData("SELEC 1;", 1, "syntax error")]
    public void An_error_has_the_line_of_its_statement_and_nothing_is_made(string sql, int line, string reason)
    {
        File.WriteAllText(_folder["bad.sql"], sql);

        SqliteBackupException error = BackupRun.Fails(BackupFailure.RestoreFailed, () => Import(_folder["bad.sql"], "out.db"));

        Assert.Contains($"line {line}:", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(["bad.sql"], _folder.Files());
    }

    [Fact]
    public void A_pipe_is_no_file_of_text()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such pipes");
        using (var process = Process.Start("mkfifo", [_folder["pipe.sql"]]))
        {
            process.WaitForExit();
        }

        // Nobody writes to it: whoever opened it to read would wait for ever.
        Assert.Contains("pipe", BackupRun.Fails(BackupFailure.NotADatabase, () => Import(_folder["pipe.sql"], "out.db")).Message, StringComparison.Ordinal);
        Assert.Equal(["pipe.sql"], _folder.Files());
    }

    [Fact]
    public void A_statement_that_never_ends_stops_at_its_bound()
    {
        using var file = new MemoryStream();
        using (Stream compressor = Codec.Compress(file, BackupCompression.Gzip, null))
        {
            compressor.Write("SELECT 1;\nSELECT '"u8);
            for (int i = 0; i < 64; i++)
            {
                compressor.Write(new byte[1 << 20]);
            }
        }

        file.Position = 0;
        var reader = new StatementReader(Codec.Decompress(file, BackupCompression.Gzip), maxBytes: 1 << 20);

        Assert.True(reader.Read());
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => reader.Read()).Message, StringComparison.Ordinal);
        Assert.InRange(reader.Statement.Length, 1 << 20, 1 << 21);
    }

    [Fact]
    public void A_text_that_was_cut_short_is_not_taken_for_whole()
    {
        Export(OddDatabase.Create(_folder["in/odd.db"]), "dump.sql");
        string text = File.ReadAllText(_folder["dump.sql"]);
        File.WriteAllText(_folder["dump.sql"], text[..text.IndexOf("PRAGMA user_version", StringComparison.Ordinal)]);

        Assert.Contains("cut short", BackupRun.Fails(BackupFailure.RestoreFailed, () => Import(_folder["dump.sql"], "out.db")).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["out.db"]));
    }

    [Theory]
    [InlineData("ATTACH '{0}' AS other; CREATE TABLE other.t(x);")]
    [InlineData("VACUUM INTO '{0}';")]
    [InlineData("CREATE TABLE t(x); VACUUM INTO '{0}' || '';")]
    [InlineData("SELECT load_extension('{0}');")]
    [InlineData("CREATE TABLE t(x); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT load_extension('{0}'); END; INSERT INTO t VALUES(1);")]
    public void What_reaches_beyond_the_new_database_is_refused(string sql)
    {
        File.WriteAllText(_folder["evil.sql"], sql.Replace("{0}", _folder["victim"], StringComparison.Ordinal));

        SqliteBackupException error = BackupRun.Fails(BackupFailure.RestoreFailed, () => Import(_folder["evil.sql"], "out.db"));

        Assert.Contains("-AllowUnsafe", error.Message, StringComparison.Ordinal);
        Assert.Equal(["evil.sql"], _folder.Files());
    }

    [Fact]
    public void What_reaches_beyond_runs_when_it_is_allowed()
    {
        File.WriteAllText(_folder["a.sql"], $"CREATE TABLE t(x); ATTACH '{_folder["other.db"]}' AS o; CREATE TABLE o.t(x); DETACH o;");

        SqlImport.Run(new ImportRequest { Path = _folder["a.sql"], Destination = _folder["out.db"], AllowUnsafe = true }, null, CancellationToken.None);

        Assert.Equal(["a.sql", "other.db", "out.db"], _folder.Files());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-- a dump that failed\n")]
    [InlineData(";\n;")]
    public void Text_that_makes_nothing_replaces_nothing(string sql)
    {
        File.WriteAllText(_folder["empty.sql"], sql);
        string good = new SampleDatabase().Create(_folder["good.db"]);
        byte[] before = File.ReadAllBytes(good);

        BackupRun.Fails(BackupFailure.RestoreFailed, () => SqlImport.Run(
            new ImportRequest { Path = _folder["empty.sql"], Destination = good, Overwrite = true }, null, TestContext.Current.CancellationToken));

        Assert.Equal(before, File.ReadAllBytes(good));
        Assert.Equal(["empty.sql", "good.db"], _folder.Files());
    }

    [Fact]
    public void An_existing_file_is_not_replaced_and_cancelling_leaves_nothing()
    {
        string database = OddDatabase.Create(_folder["in/odd.db"]);
        Export(database, "dump.sql");
        string[] before = FolderSnapshot.Take(_folder.Path);

        BackupRun.Fails(BackupFailure.DestinationExists, () => Export(database, "dump.sql"));
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => SqlExport.ToFile(new ExportRequest { Database = database }, _folder["other.sql"], false, null, cancel.Token));
        Assert.ThrowsAny<OperationCanceledException>(
            () => SqlImport.Run(new ImportRequest { Path = _folder["dump.sql"], Destination = _folder["out.db"] }, null, cancel.Token));

        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    private static string Literal(double value)
    {
        var target = new ArrayBufferWriter<byte>();
        new SqlLiteral(target).AppendReal(value);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }

    private static bool HasShell() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "sqlite3")));

    private static byte[] Shell(string database, byte[] input)
    {
        string script = database + ".in";
        File.WriteAllBytes(script, input);
        using Process process = Process.Start(new ProcessStartInfo("sqlite3", ["-batch", "-bail", database, $".read '{script}'"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        File.Delete(script);
        Assert.Equal("", error);
        return output.ToArray();
    }

    private string ExportWith(string database, string name, Func<ExportRequest, ExportRequest> with)
    {
        SqlExport.ToFile(with(new ExportRequest { Database = database }), _folder[name], false, null, CancellationToken.None);
        return _folder[name];
    }

    private ExportResult Export(string database, string name) =>
        SqlExport.ToFile(new ExportRequest { Database = database }, _folder[name], false, null, CancellationToken.None);

    private ImportResult Import(string path, string name) =>
        SqlImport.Run(new ImportRequest { Path = path, Destination = _folder[name] }, null, CancellationToken.None);
}
