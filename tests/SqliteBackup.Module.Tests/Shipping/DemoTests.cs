using System.Globalization;
using System.Text.RegularExpressions;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Shipping;

/// <summary>tests/Demo.ps1, which is what a newcomer sees first.</summary>
public sealed class DemoTests : ModuleTest
{
    private static readonly string Script = Path.Combine(BuildPaths.RepositoryRoot, "tests", "Demo.ps1");

    [Fact]
    public void The_demo_backs_up_under_a_writer_shows_the_facts_and_leaves_nothing()
    {
        string output = Demo("-Megabytes", "8", "-Seconds", "1");

        long before = Number(output, "Rows before the backup");
        long after = Number(output, "Rows after the backup");
        Assert.True(after > before, "The writer wrote meanwhile.");
        Assert.InRange(Number(output, "Rows in the copy"), before, after);
        Assert.Equal(Ledger.Total, Number(output, "Money in the copy"));
        Assert.Equal(0, Number(output, "Restarts of the copy"));
        Assert.True(Number(output, "The writer's commits") > 0);
        Assert.Matches("The writer's longest wait +[0-9.,]+ ms", output);
        Assert.Matches("Integrity of the copy +ok", output);
        Assert.DoesNotContain('\e', output);
        Assert.Empty(Folder.Files());
    }

    [Fact]
    public void It_can_keep_what_it_made()
    {
        Assert.SkipUnless(Judge.Missing is null, Judge.Missing ?? "");

        string output = Demo("-Megabytes", "1", "-Seconds", "0", "-Keep");

        string kept = Folder[Assert.Single(Folder.Files())];
        Assert.Contains($"Kept: {kept}", output, StringComparison.Ordinal);
        string copy = Assert.Single(Directory.GetFiles(Path.Combine(kept, "backups"), "*.db"));
        Assert.Equal("ok", Judge.IntegrityCheck(copy));
        Assert.Equal($"{Number(output, "Rows in the copy")}", Judge.Query(copy, "SELECT count(*) FROM entry"));
    }

    // For systems on which no pwsh starts: what the script does, by its own judgement, in a session of the bare engine.
    [Fact]
    public void A_hosted_session_keeps_what_the_demo_promises()
    {
        string database = new SampleDatabase { JournalMode = "wal", Megabytes = 8 }.Create(Folder["app.db"]);
        using WriterProcess writer = WriterProcess.Start(database, "app");
        LedgerState before = Ledger.Read(database);

        RunOutcome outcome = Run("Backup-SqliteDatabase -LiteralPath $args[0] -Destination $args[1] -PagesPerStep 100 -StepDelayMilliseconds 20", database, Folder["backups/"]);
        outcome.AssertClean();

        WriterReport report = writer.Stop();
        string backup = Folder["backups/" + Assert.Single(Folder.Backups("backups"))];
        LedgerState copy = Ledger.Read(backup);
        Assert.Empty(Judged(
            before.Entries, copy.Entries, Ledger.Read(database).Entries, copy.IsOneInstant, SampleDatabase.Scalar<string>(backup, "PRAGMA integrity_check"), report.Commits, report.Errors));
    }

    [Theory]
    [InlineData(100, 100, 200, true, "ok", 50, 0, null)]
    [InlineData(100, 200, 200, true, "ok", 50, 0, null)]
    [InlineData(100, 99, 200, true, "ok", 50, 0, "99 rows")]
    [InlineData(100, 201, 200, true, "ok", 50, 0, "201 rows")]
    [InlineData(100, 150, 200, false, "ok", 50, 0, "mixes two instants")]
    [InlineData(100, 150, 200, true, "row 7 missing from index", 50, 0, "row 7 missing from index")]
    [InlineData(100, 100, 100, true, "ok", 50, 0, "did not write")]
    [InlineData(100, 150, 200, true, "ok", 0, 0, "did not write")]
    [InlineData(100, 150, 200, true, "ok", 50, 3, "3 of the writer's commits failed")]
    public void Each_wrong_fact_is_a_broken_promise(
        long before, long copy, long after, bool oneInstant, string integrity, long commits, long errors, string? said)
    {
        IEnumerable<string> broken = Judged(before, copy, after, oneInstant, integrity, commits, errors);

        if (said is null)
        {
            Assert.Empty(broken);
        }
        else
        {
            Assert.Contains(said, Assert.Single(broken), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public void So_is_a_file_beside_the_copy(string sidecar)
    {
        File.WriteAllText(Folder["copy.db" + sidecar], "");

        Assert.Contains(sidecar, Assert.Single(Judged(1, 1, 2, oneInstant: true, "ok", commits: 1, errors: 0)), StringComparison.Ordinal);
    }

    private string Demo(params string[] options)
    {
        using var demo = new ModuleProcess(
            PowerShellStart.Plain(["-File", Script, "-Configuration", BuildPaths.Configuration, .. options]),
            Folder.Path,
            ("TMPDIR", Folder.Path), ("TMP", Folder.Path), ("TEMP", Folder.Path));
        Assert.Equal((0, ""), (demo.Join(), demo.Error));
        return demo.Output;
    }

    private IEnumerable<string> Judged(
        long before, long copy, long after, bool oneInstant, string integrity, long commits, long errors)
    {
        RunOutcome outcome = Run(
            """
            $script = [System.Management.Automation.Language.Parser]::ParseFile($args[0], [ref] $null, [ref] $null)
            . $script.Find({ $args[0].Name -eq 'Get-BrokenPromise' }, $true).Body.GetScriptBlock() `
                ([pscustomobject] $args[1]) ([pscustomobject] $args[2]) ([pscustomobject] $args[3]) ([pscustomobject] $args[4]) $args[5]
            """,
            Script,
            Facts(("Entries", before)),
            Facts(("Entries", copy), ("LastEntry", copy), ("Balance", Ledger.Total), ("IsOneInstant", oneInstant), ("Integrity", integrity)),
            Facts(("Entries", after)),
            Facts(("Commits", commits), ("Errors", errors), ("FirstError", "locked")),
            Folder["copy.db"]);
        outcome.AssertClean();
        return outcome.Output.Select(line => $"{line}");
    }

    private static System.Collections.Hashtable Facts(params (string Name, object Value)[] facts)
    {
        var table = new System.Collections.Hashtable();
        foreach ((string name, object value) in facts)
        {
            table[name] = value;
        }

        return table;
    }

    private static long Number(string output, string fact)
    {
        Match match = Regex.Match(output, Regex.Escape(fact) + " +([0-9,]+)");
        Assert.True(match.Success, $"'{fact}' is not in: {output}");
        return long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }
}
