using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>A destination that is a file: one file is what comes of it, unless what is asked for needs a manifest.</summary>
public sealed class FileDestinationTests : ModuleTest
{
    [Fact]
    public void A_backup_of_a_fixed_name_has_a_manifest_and_its_age_is_known()
    {
        Create("app.db");

        Run("Backup-SqliteDatabase app.db copy/app.db").AssertClean();

        Assert.Equal(["app.db", "app.db.json"], Folder.Files("copy"));
        Assert.Empty(Run("Get-SqliteBackup copy -Database app.db -Latest -OlderThan 1h").Output);
        Assert.Equal(Folder["copy/app.db"], Run("Get-SqliteBackup copy -Database app.db -Latest -OlderThan 0h").Get<string>("Backup"));
    }

    [Fact]
    public void A_file_that_is_replaced_never_keeps_the_manifest_of_the_old_one()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db copy.db -SkipUnchanged").AssertClean();
        Create("other.db", rows: 50);

        Run("Backup-SqliteDatabase other.db copy.db -Force").AssertClean();

        Assert.Equal(Folder["other.db"], Run("Get-SqliteBackup copy.db").Get<string>("Database"));
        Assert.Equal("Matches", Run("Test-SqliteBackup copy.db").Get<object>("Checksum").ToString());
    }

    [Theory]
    [InlineData("copy.db.gz", "", "Gzip")]
    [InlineData("copy.ZST", "", "Zstd")]
    [InlineData("copy.db", "", "None")]
    [InlineData("copy.gz", "-Compress None", "None")]
    [InlineData("copy.db", "-Compress Zstd", "Zstd")]
    public void A_files_name_says_how_it_is_compressed_unless_that_is_said(string name, string option, string expected)
    {
        Create("app.db");

        Run($"Backup-SqliteDatabase app.db {name} {option}").AssertClean();

        Assert.Equal(expected, Run("Get-SqliteBackup $args[0]", name).Get<object>("Compression").ToString());
        Assert.Equal("Ok", Run("Test-SqliteBackup $args[0]", name).Get<object>("Status").ToString());
    }

    [Fact]
    public void A_row_of_a_table_may_leave_the_compression_out()
    {
        Create("app.db");

        Run(
            """
            [pscustomobject]@{ Path = 'app.db'; Destination = 'a.db.gz'; Compress = '' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'b/'; Compress = 'Zstd' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'c/'; Compress = '' } | Backup-SqliteDatabase
            """).AssertClean();

        Assert.Equal("Gzip", Run("Get-SqliteBackup a.db.gz").Get<object>("Compression").ToString());
        Assert.EndsWith(".db.zst", Folder.Backups("b").Single(), StringComparison.Ordinal);
        Assert.EndsWith(".db", Folder.Backups("c").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_goes_into_a_folder_as_databases_of_its_names()
    {
        Create("shop.db");
        Create("blog.db", rows: 5);
        Run("Export-SqliteDatabase shop.db shop.sql.gz; Export-SqliteDatabase blog.db blog.sql").AssertClean();

        Run("'*.sql', 'shop.sql.gz' | Import-SqliteDatabase -Destination made/").AssertClean();

        Assert.Equal(["blog.db", "shop.db"], Folder.Files("made"));
        Assert.Equal(Rows(Folder["shop.db"]), Rows(Folder["made/shop.db"]));
        Assert.Equal("DestinationExists", Assert.Single(Run("'blog.sql', 'shop.sql.gz' | Import-SqliteDatabase -Destination one.db").Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void A_table_that_is_not_there_is_an_error_and_no_empty_text()
    {
        Create("app.db");

        string message = Run("Export-SqliteDatabase app.db x.sql -Table filler, fillr").AssertError("InvalidOption", "Export-SqliteDatabase").Exception.Message;

        Assert.Contains("'fillr'", message, StringComparison.Ordinal);
        Assert.Equal(["app.db"], Folder.Files());
        Run("Export-SqliteDatabase app.db x.sql -Table 'nothing*'").AssertClean();
    }

    [Fact]
    public void A_view_is_written_where_its_name_is_asked_for()
    {
        using (Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(Create("app.db")))
        {
            SampleDatabase.Execute(connection, "CREATE VIEW seen AS SELECT 1; CREATE VIEW other AS SELECT 2");
        }

        string text = string.Join('\n', Run("Export-SqliteDatabase app.db -AsString -Table seen").Output);

        Assert.Contains("CREATE VIEW seen", text, StringComparison.Ordinal);
        Assert.DoesNotContain("other", text, StringComparison.Ordinal);
    }
}
