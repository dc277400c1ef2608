using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sql;
using SqliteBackup.Storage.Encoding;
using ZstdSharp;

namespace SqliteBackup.Engine.Tests.Sql;

/// <summary>What an import does not run, and what it says of it.</summary>
public sealed class ImportRefusalTests : IDisposable
{
    private const string Sql = "CREATE TABLE t(a);\nINSERT INTO t VALUES('größe ☃');\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PRAGMA hard_heap_limit=1000000;")]
    [InlineData("PRAGMA HARD_HEAP_LIMIT(1000000);")]
    [InlineData("PRAGMA main.soft_heap_limit=1000000;")]
    [InlineData("PRAGMA temp_store_directory='/tmp';")]
    [InlineData("PRAGMA data_store_directory='/tmp';")]
    [InlineData("PRAGMA lock_proxy_file='/tmp/x';")]
    public void Nothing_is_set_that_outlives_the_connection_even_where_much_is_allowed(string sql)
    {
        File.WriteAllText(_folder["a.sql"], $"CREATE TABLE t(a);\n{sql}");
        long limitBefore = HardHeapLimit(-1);
        long softLimitBefore = SoftHeapLimit(-1);

        foreach (bool allowUnsafe in (bool[])[false, true])
        {
            SqliteBackupException error = BackupRun.Fails(
                BackupFailure.RestoreFailed,
                () => SqlImport.Run(new ImportRequest { Path = _folder["a.sql"], Destination = _folder["out.db"], AllowUnsafe = allowUnsafe }, null, TestContext.Current.CancellationToken));
            Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
            Assert.Contains("the whole process", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(limitBefore, HardHeapLimit(-1));
        Assert.Equal(softLimitBefore, SoftHeapLimit(-1));
        Assert.Equal(["a.sql"], _folder.Files());
        BackupRun.Run(new SampleDatabase { Megabytes = 3 }.Create(_folder["in/a.db"]), _folder["copy.db"]);
    }

    // A pragma that a newer SQLite brings has to be looked at: does it end with the connection?
    [Fact]
    public void Every_pragma_of_this_SQLite_is_known()
    {
        string[] known =
        [
            "analysis_limit", "application_id", "auto_vacuum", "automatic_index", "busy_timeout", "cache_size", "cache_spill", "case_sensitive_like",
            "cell_size_check", "checkpoint_fullfsync", "collation_list", "compile_options", "count_changes", "data_store_directory", "data_version",
            "database_list", "default_cache_size", "defer_foreign_keys", "empty_result_callbacks", "encoding", "foreign_key_check", "foreign_key_list",
            "foreign_keys", "freelist_count", "full_column_names", "fullfsync", "function_list", "hard_heap_limit", "ignore_check_constraints",
            "incremental_vacuum", "index_info", "index_list", "index_xinfo", "integrity_check", "journal_mode", "journal_size_limit", "legacy_alter_table",
            "legacy_file_format", "lock_proxy_file", "locking_mode", "max_page_count", "mmap_size", "module_list", "optimize", "page_count", "page_size",
            "pragma_list", "query_only", "quick_check", "read_uncommitted", "recursive_triggers", "reverse_unordered_selects", "schema_version",
            "secure_delete", "short_column_names", "shrink_memory", "soft_heap_limit", "synchronous", "table_info", "table_list", "table_xinfo",
            "temp_store", "temp_store_directory", "threads", "trusted_schema", "user_version", "wal_autocheckpoint", "wal_checkpoint", "writable_schema",
        ];
        using SqliteConnection connection = SampleDatabase.Open(_folder["a.db"]);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM pragma_pragma_list";
        using SqliteDataReader reader = command.ExecuteReader();
        var unknown = new List<string>();
        while (reader.Read())
        {
            if (!known.Contains(reader.GetString(0)))
            {
                unknown.Add(reader.GetString(0));
            }
        }

        Assert.Empty(unknown);
    }

    [Fact]
    public void A_zero_byte_is_an_error_with_its_line()
    {
        File.WriteAllBytes(_folder["a.sql"], [.. "CREATE TABLE t(a);\nINSERT INTO t VALUES(1);\n\0INSERT INTO t VALUES(2);\n"u8]);

        Assert.Contains("line 3", Fails("a.sql").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.sql.gz", 0.5)]
    [InlineData("a.sql.gz", 1)]
    [InlineData("a.sql.zst", 0.5)]
    [InlineData("a.sql.zst", 1)]
    public void A_compressed_text_that_is_cut_short_makes_nothing(string name, double part)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["in/a.db"]);
        SqlExport.ToFile(new ExportRequest { Database = database }, _folder["whole.sql"], false, null, TestContext.Current.CancellationToken);
        string[] statements = [.. File.ReadAllLines(_folder["whole.sql"]).Where(line => line is not ("BEGIN TRANSACTION;" or "COMMIT;"))];
        using (FileStream file = File.Create(_folder[name]))
        using (Stream compressor = Codec.Compress(
            file, name.EndsWith("gz", StringComparison.Ordinal) ? BackupCompression.Gzip : BackupCompression.Zstd, null))
        {
            compressor.Write(Encoding.UTF8.GetBytes(string.Join('\n', statements)));
        }

        byte[] whole = File.ReadAllBytes(_folder[name]);
        File.WriteAllBytes(_folder[name], whole[..(part == 1 ? whole.Length - 4 : (int)(whole.Length * part))]);

        Assert.Contains("can't be read", Fails(name).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_end_of_cut_gzip_data_decompresses_to_is_not_taken_for_a_mistake_in_a_statement()
    {
        // Many places to cut: behind some of them nonsense ends a statement.
        byte[] text = Encoding.UTF8.GetBytes("CREATE TABLE t(a);\n" + string.Concat(Enumerable.Range(0, 4000).Select(i => $"INSERT INTO t VALUES('{i * 7919L % 104_729}');\n")));
        using var memory = new MemoryStream();
        using (Stream compressor = Codec.Compress(memory, BackupCompression.Gzip, null))
        {
            compressor.Write(text);
        }

        byte[] whole = memory.ToArray();
        for (int cut = 0; cut < 60; cut++)
        {
            File.WriteAllBytes(_folder["a.sql.gz"], whole[..((whole.Length / 2) + cut)]);
            Assert.Contains("can't be read", Fails("a.sql.gz").Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UTF16_with_its_mark_is_read(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        File.WriteAllBytes(_folder["a.sql"], [.. encoding.GetPreamble(), .. encoding.GetBytes(Sql.Replace("\n", "\r\n", StringComparison.Ordinal))]);

        Import("a.sql");

        Assert.Equal("größe ☃", SampleDatabase.Scalar<string>(_folder["out.db"], "SELECT a FROM t"));
    }

    [Fact]
    public void Zstandard_with_a_skippable_frame_first_is_read()
    {
        using var compressor = new Compressor();
        File.WriteAllBytes(_folder["a.sql"], [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. compressor.Wrap(Encoding.UTF8.GetBytes(Sql))]);

        Import("a.sql");

        Assert.Equal("größe ☃", SampleDatabase.Scalar<string>(_folder["out.db"], "SELECT a FROM t"));
    }

    [Theory]
    [InlineData("utf-16", "Save it as UTF-8")]
    [InlineData("xz", "xz -d")]
    [InlineData("bzip2", "bzip2 -d")]
    public void What_is_no_SQL_text_is_named_with_what_to_do(string kind, string advice)
    {
        if (kind == "utf-16")
        {
            File.WriteAllBytes(_folder["a.sql"], Encoding.Unicode.GetBytes(Sql));
        }
        else
        {
            File.WriteAllText(_folder["plain"], Sql);
            using Process? process = TryStart(kind, "-kf", _folder["plain"]);
            Assert.SkipWhen(process is null, $"{kind} is not on PATH (package {kind})");
            process.WaitForExit();
            File.Move(_folder[kind == "xz" ? "plain.xz" : "plain.bz2"], _folder["a.sql"]);
        }

        Assert.Contains(advice, Fails("a.sql").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- MySQL dump 10.13  Distrib 8.0\n/*!40101 SET NAMES utf8 */;\nLOCK TABLES `t` WRITE;\n", "a dump of MySQL")]
    [InlineData("--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n", "a dump of PostgreSQL")]
    [InlineData("CREATE TABLE t(a);\n.import data.csv t\nSELECT 1;\n", "command of the sqlite3 shell")]
    public void What_others_wrote_is_named_where_it_fails(string sql, string expected)
    {
        File.WriteAllText(_folder["a.sql"], sql);

        Assert.Contains(expected, Fails("a.sql").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_may_come_before_its_parent_as_in_the_shell()
    {
        File.WriteAllText(_folder["a.sql"], "CREATE TABLE c(p REFERENCES p(id)); INSERT INTO c VALUES(1); CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES(1);");

        Import("a.sql");

        Assert.Equal(1L, SampleDatabase.Scalar<long>(_folder["out.db"], "SELECT count(*) FROM c"));
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_hard_heap_limit64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern long HardHeapLimit(long limit);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_soft_heap_limit64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern long SoftHeapLimit(long limit);

    private static Process? TryStart(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(program, arguments);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private SqliteBackupException Fails(string name)
    {
        SqliteBackupException error = BackupRun.Fails(BackupFailure.RestoreFailed, () => Import(name));
        Assert.False(File.Exists(_folder["out.db"]));
        return error;
    }

    private ImportResult Import(string name) =>
        SqlImport.Run(new ImportRequest { Path = _folder[name], Destination = _folder["out.db"] }, null, TestContext.Current.CancellationToken);
}
