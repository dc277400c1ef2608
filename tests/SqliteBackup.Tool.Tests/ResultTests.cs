using System.Text.Json;
using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed class ResultTests
{
    public static TheoryData<string, string> Values { get; } = new()
    {
        { "1", "1" },
        { "1.5", "1.5" },
        { "[long]::MaxValue", "9223372036854775807" },
        { "12345678901234567890.1d", "12345678901234567890.1" },
        { "'Grüße \"日本\" / <b>'", "\"Grüße \\\"日本\\\" / <b>\"" },
        { "$true", "true" },
        { "$null", "null" },
        { "[double]::NaN", "null" },
        { "[timespan]::FromSeconds(90.5)", "\"00:01:30.5000000\"" },
        { "[datetime]::new(2026, 1, 2, 3, 4, 5, [System.DateTimeKind]::Utc)", "\"2026-01-02T03:04:05.0000000Z\"" },
        { "[System.IO.FileMode]::Open", "\"Open\"" },
        { "@{ a = 1 }", """{"a":1}""" },
        { ", (1, 'b')", """[1,"b"]""" },
        { "[pscustomobject]@{ B = 1; A = [pscustomobject]@{ X = @(1, 2) } }", """{"B":1,"A":{"X":[1,2]}}""" },
        { "[uri]'http://a/b'", "\"http://a/b\"" },
    };

    // One run for all of them: starting the engine is what takes the time.
    private static readonly Lazy<ToolRun> AllValues =
        new(() => ToolRun.Of("-OutputFormat", "Json", "-c", string.Join('\n', Values.Select(row => row.Data.Item1))));

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_its_json(string command, string expected)
    {
        int row = Values.Select(data => data.Data.Item1).ToList().IndexOf(command);
        Assert.Equal(expected, AllValues.Value.Lines[row]);
    }

    [Fact]
    public void Each_result_is_a_line() =>
        Assert.Equal(["1", "2", "3"], ToolRun.Of("-of", "json", "1..3").Lines);

    [Fact]
    public void Even_what_leads_to_the_whole_disk_or_throws_is_one_line()
    {
        ToolRun run = ToolRun.Of(
            "-OutputFormat", "Json", "-c", "[System.IO.DirectoryInfo]::new('/'); [System.Diagnostics.Process]::GetCurrentProcess()");
        Assert.Equal((0, 2), (run.ExitCode, run.Lines.Length));
        Assert.All(run.Lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Fact]
    public void What_throws_while_it_is_looked_at_does_not_take_the_others_with_it()
    {
        ToolRun run = ToolRun.WithInput(
            """
            class Thrower : System.Collections.IEnumerable { [System.Collections.IEnumerator] GetEnumerator() { throw 'no' } }
            1
            [pscustomobject]@{ Inside = [Thrower]::new() }
            3
            """,
            "-OutputFormat",
            "Json",
            "-");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(3, run.Lines.Length);
        Assert.All(run.Lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public void Only_json_is_on_standard_output()
    {
        using TempFolder folder = new();
        string database = new SampleDatabase().Create(folder["app.db"]);
        ToolRun run = ToolRun.Of(
            "-OutputFormat",
            "Json",
            "-c",
            $"'text' | Out-Host; $Host.UI.WriteWarningLine('w'); 5; Backup-SqliteDatabase '{database}' '{folder["b"]}' -WhatIf -Verbose");
        Assert.Equal(["5"], run.Lines);
        Assert.Contains("text", run.Error, StringComparison.Ordinal);
        Assert.Contains("WARNING: w", run.Error, StringComparison.Ordinal);
        Assert.Contains("What if:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_is_a_json_object_with_every_property()
    {
        using TempFolder folder = new();
        string database = new SampleDatabase().Create(folder["Grüße [1].db"]);
        ToolRun run = ToolRun.Of(
            "-OutputFormat", "Json", "Backup-SqliteDatabase", "-LiteralPath", database, "-Destination", folder["b.db"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));

        JsonElement result = JsonDocument.Parse(Assert.Single(run.Lines)).RootElement;
        Assert.Equal(database, result.GetProperty("Database").GetString());
        Assert.Equal(folder["b.db"], result.GetProperty("Destination").GetString());
        Assert.Equal(new FileInfo(folder["b.db"]).Length, result.GetProperty("Bytes").GetInt64());
        Assert.True(TimeSpan.TryParse(result.GetProperty("Duration").GetString(), out _));
        Assert.True(result.GetProperty("StartedAt").TryGetDateTime(out _));
        foreach (string name in (string[])["PageSize", "PageCount", "BytesPerSecond", "Steps", "Restarts", "BusyRetries"])
        {
            Assert.Equal(JsonValueKind.Number, result.GetProperty(name).ValueKind);
        }
    }

    [Fact]
    public void The_rows_that_a_test_of_a_backup_asked_for_are_in_the_json()
    {
        using TempFolder folder = new();
        string database = new SampleDatabase().Create(folder["a.db"]);
        ToolRun run = ToolRun.Of("-OutputFormat", "Json", "Test-SqliteBackup", database, "-Query", "SELECT 1, 'two' UNION ALL SELECT 3, NULL");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));

        JsonElement answer = JsonDocument.Parse(Assert.Single(run.Lines)).RootElement.GetProperty("Answers")[0];
        Assert.Equal("""[[1,"two"],[3,null]]""", answer.GetProperty("Rows").GetRawText());
    }

    [Fact]
    public void Text_goes_through_the_modules_view_without_colours()
    {
        using TempFolder folder = new();
        string database = new SampleDatabase().Create(folder["my app.db"]);
        ToolRun run = ToolRun.Of("Backup-SqliteDatabase", database, folder["backups"] + "/");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("----", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Single(folder.Backups("backups"));
    }

    [Fact]
    public void Objects_down_the_pipeline_each_give_a_result_or_an_error()
    {
        using TempFolder folder = new();
        new SampleDatabase().Create(folder["a.db"]);
        new SampleDatabase { JournalMode = "wal" }.Create(folder["c.db"]);
        File.WriteAllText(folder["b.db"], new string('x', 5000));
        ToolRun run = ToolRun.Of(
            "-OutputFormat",
            "Json",
            "-c",
            $$"""
            'a', 'b', 'c' |
                ForEach-Object { [pscustomobject]@{ Path = "{{folder.Path}}/$_.db"; Destination = '{{folder["backups"]}}/' } } |
                Backup-SqliteDatabase
            """);
        Assert.Equal((1, 2), (run.ExitCode, run.Lines.Length));
        Assert.StartsWith($"Backup-SqliteDatabase: '{folder["b.db"]}'", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Split("Backup-SqliteDatabase:").Length);
        Assert.Equal(2, folder.Backups("backups").Length);
    }
}
