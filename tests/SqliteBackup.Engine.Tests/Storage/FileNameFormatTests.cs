using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class FileNameFormatTests
{
    private static readonly DateTime Time = new(2026, 1, 31, 22, 15, 0, 123, DateTimeKind.Utc);

    [Theory]
    [InlineData(FileNameFormat.Default, "/x/app.db", "app-20260131T221500123Z.db")]
    [InlineData("{name}{extension}", "app.sqlite3", "app.sqlite3")]
    [InlineData("{name}.{timestamp}.bak", "app.v2.db", "app.v2.20260131T221500123Z.bak")]
    [InlineData("{timestamp:yyyy-MM-dd} {Name}", "noextension", "2026-01-31 noextension")]
    [InlineData("{{{name}}}", "app.db", "{app}")]
    [InlineData("{name}", ".hidden", ".hidden")]
    public void A_name_is_made_from_its_tokens(string format, string database, string expected) =>
        Assert.Equal(expected, FileNameFormat.Parse(format).GetFileName(database, Time));

    [Theory]
    [InlineData("", "no name")]
    [InlineData("   ", "no name")]
    [InlineData("{nme}", "unknown token")]
    [InlineData("{name", "not closed")]
    [InlineData("name}", "without a '{'")]
    [InlineData("{name:x}", "takes no argument")]
    [InlineData("{timestamp:%}", "date and time format")]
    [InlineData("a/{name}", "can't have")]
    [InlineData("{name}-{timestamp:yyyy/MM}", "can't have")]
    public void A_bad_format_is_refused_with_its_reason(string format, string reason)
    {
        FormatException error = Assert.Throws<FormatException>(() => FileNameFormat.Parse(format));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_machine_the_process_and_the_place_in_the_batch_can_be_in_a_name() =>
        Assert.Equal(
            $"{Environment.MachineName}-{Environment.ProcessId}-007-7-app",
            FileNameFormat.Parse("{host}-{pid}-{sequence:000}-{sequence}-{name}").GetFileName("/x/app.db", Time, sequence: 7));

    [Theory]
    [InlineData("/srv/data/shop/app.db", "/srv/data", "shop/app.db")]
    [InlineData("/srv/data/app.db", "/srv/data", "app.db")]
    [InlineData("/opt/x/app.db", "/srv/data", "opt/x/app.db")]
    [InlineData("/srv/data2/app.db", "/srv/data", "srv/data2/app.db")]
    [InlineData("/opt/x/app.db", null, "opt/x/app.db")]
    public void A_folder_mirrors_where_the_database_lies(string database, string? root, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "paths of Unix");

        Assert.Equal(expected, FileNameFormat.Parse("{folder}/{name}{extension}").GetFileName(database, Time, root: root));
    }

    [Theory]
    [InlineData("{folder}")]
    [InlineData("{folder}{name}")]
    [InlineData("{name}/{folder}/x")]
    [InlineData("{folder}/{name}/{extension}")]
    [InlineData("{folder}/")]
    [InlineData("{sequence:Q}")]
    [InlineData("{host:x}")]
    public void A_token_out_of_its_place_is_refused(string format) => Assert.Throws<FormatException>(() => FileNameFormat.Parse(format));

    [Fact]
    public void No_two_databases_of_a_batch_nor_a_manifest_get_one_name()
    {
        var destinations = new BackupDestinations();
        FileNameFormat format = FileNameFormat.Parse("{name}{extension}");
        string folder = Path.GetTempPath();
        string[] names =
        [
            .. ((string[])["/a/app.db", "/b/app.db", "/c/app.db.json"]).Select(database =>
                Path.GetFileName(destinations.Choose(database, folder, format, Time, compression: BackupCompression.None))),
            Path.GetFileName(destinations.Choose("/a/app.db", folder, format, Time, compression: BackupCompression.Gzip)),
        ];

        Assert.Equal(["app.db", "app-2.db", "app.db-2.json", "app.db.gz"], names);
    }
}
