namespace SqliteBackup.Engine.Tests;

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
}
