using System.Management.Automation;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Output;

/// <summary>What the objects look like as lists and tables, and the names that are completed from what is there.</summary>
public sealed class ViewTests : ModuleTest
{
    private static readonly string[] Scripts =
    [
        "Get-SqliteBackup backups",
        "(Get-SqliteBackup backups -Latest).Manifest",
        "Remove-SqliteBackup backups -KeepLast 1 -WhatIf",
        "Export-SqliteDatabase app.db app.sql -Force",
        "Import-SqliteDatabase app.sql new.db -Force",
        "Restore-SqliteDatabase backups/app.db new.db -Confirm:$false -PassThru",
        "Test-SqliteBackup backups/app.db",
        "Test-SqliteBackup backups/app.db -Against other.db -Query 'SELECT 1', 'SELEC 2' -ErrorAction SilentlyContinue",
        "(Test-SqliteBackup backups/app.db -Against other.db).Differences",
        "Get-SqliteDatabase app.db",
        "Get-SqliteBackupProgress -Database app.db",
    ];

    public static TheoryData<string> Objects => [.. Scripts];

    [Theory]
    [MemberData(nameof(Objects))]
    public void A_list_has_every_property(string script)
    {
        Prepare();
        PSObject shown = Run(script).Output[0];
        string type = shown.TypeNames[0].Split('.')[^1];
        string view = File.ReadAllText(Path.Combine(BuildPaths.StagedModule, "SqliteBackup.Format.ps1xml"));
        string list = view[view.IndexOf($"<Name>SqliteBackup.{type}.List</Name>", StringComparison.Ordinal)..];
        list = list[..list.IndexOf("</View>", StringComparison.Ordinal)];

        Assert.All(shown.Properties.Where(property => property.Name != "PSPath"), property => Assert.Matches($"<(PropertyName|Label)>{property.Name}</", list));
    }

    // PowerShell gives a table to the first kind of object that a script writes, and lists to the others.
    [Theory]
    [InlineData("Backup-SqliteDatabase app.db out/", "CopyMode")]
    [InlineData("Get-SqliteBackup backups", "Verified")]
    [InlineData("Remove-SqliteBackup backups -KeepLast 1 -WhatIf", "Reason")]
    [InlineData("Export-SqliteDatabase app.db app.sql -Force", "StoredBytes")]
    [InlineData("Import-SqliteDatabase app.sql new.db", "Statements")]
    [InlineData("Restore-SqliteDatabase backups/app.db new.db -Confirm:$false -PassThru", "SafetyCopy")]
    [InlineData("Test-SqliteBackup backups/app.db", "Findings")]
    [InlineData("Get-SqliteDatabase app.db", "JournalMode")]
    [InlineData("Get-SqliteBackupProgress -Database app.db", "PercentComplete")]
    public void After_objects_of_another_kind_a_few_properties_are_shown(string script, string expected)
    {
        Prepare();

        Run($"& {{ Get-Command Get-SqliteBackup; {script} }} | Out-Default").AssertClean();

        string text = Regex.Replace(Session.Host.Text, "\u001b\\[[0-9;]*m", "");
        string[] names = [.. Regex.Matches(text, @"^(\w+) +: ", RegexOptions.Multiline).Select(line => line.Groups[1].Value).Distinct()];
        Assert.InRange(names.Length, 3, 11);
        Assert.Contains(expected, names);
        Assert.DoesNotContain("PSPath", names);
    }

    [Theory]
    [InlineData("Get-SqliteBackup backups", @"app\.db +\d+ s +1\.\d MB +Quick +app\.db")]
    [InlineData("Get-SqliteBackup nowhere/ -Database app.db -Latest -OlderThan 1d", @"app\.db +Missing +- +-\s")]
    [InlineData("Export-SqliteDatabase app.db app.sql -Force", @"app\.db +\d+ +[0-9,.]+ +\d\.\d MB +\d+\.\d\d s app\.sql")]
    [InlineData("Export-SqliteDatabase app.db a.sql; Import-SqliteDatabase a.sql new.db", @"[0-9,.]+ +\d\.\d MB +\d+\.\d\d s Quick +new\.db +a\.sql")]
    [InlineData("Remove-SqliteBackup backups -KeepLast 1 -WhatIf", @"app\.db +Kept +0 B app\.db\s+newest verified backup")]
    [InlineData("(Test-SqliteBackup backups/app.db -Against other.db).Differences", @"OnlyInDatabase +- +1 table fresh\r?\n")]
    [InlineData("(Test-SqliteBackup backups/app.db -Against other.db).Differences", @"Schema +\d+ +\d+ table account\s+in the backup: +CREATE TABLE +account[\s\S]*\n +in the database: +CREATE TABLE +account[\s\S]* note\W")]
    [InlineData("(Get-SqliteBackup backups).Manifest", @"Bytes +: 1\.\d MB \(\d.\d{3}.\d{3} bytes\)")]
    public void Sizes_and_ages_are_shown_for_people(string script, string expected)
    {
        Prepare();
        Directory.CreateDirectory(Folder["nowhere"]);

        Run($"{script} | Out-Default").AssertClean();

        string text = Regex.Replace(Session.Host.Text, "\u001b\\[[0-9;]*m", "");
        Assert.Matches(expected, text);
        Assert.DoesNotContain("ParseException", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase inventory.db shelf/")]
    [InlineData("Get-SqliteBackup shelf")]
    [InlineData("Remove-SqliteBackup shelf -KeepLast 1 -WhatIf")]
    [InlineData("Get-SqliteBackup shelf | Test-SqliteBackup")]
    [InlineData("Get-SqliteBackup shelf -Latest")]
    public void At_80_columns_a_backups_name_is_on_one_line(string script)
    {
        Create("inventory.db");
        Run("Backup-SqliteDatabase inventory.db shelf/").AssertClean();
        string[] lines = Lines($"{script} | Out-Default");

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(lines, line => Regex.IsMatch(line, @"inventory-\d{8}T\d{9}Z\.db$"));
    }

    [Fact]
    public void At_80_columns_the_reason_of_a_corrupt_backup_is_seen()
    {
        Create("inventory.db");
        string backup = Run("Backup-SqliteDatabase inventory.db shelf/").Backup;
        byte[] bytes = File.ReadAllBytes(backup);
        bytes[^1] ^= 1;
        File.WriteAllBytes(backup, bytes);

        string[] lines = Lines("Get-SqliteBackup shelf | Test-SqliteBackup | Out-Default");

        Assert.Contains(lines, line => line.StartsWith("Corrupt ", StringComparison.Ordinal) && line.EndsWith(Path.GetFileName(backup), StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith(' ') && line.Trim().StartsWith("ChecksumMismatch: ", StringComparison.Ordinal));
    }

    private string[] Lines(string script)
    {
        using var session = new ModuleSession();
        session.Host.Width = 80;
        session.MoveTo(Folder.Path);
        session.Run(script).AssertClean();
        return [.. Regex.Replace(session.Host.Text, "\u001b\\[[0-9;]*m", "").Split('\n').Select(line => line.TrimEnd())];
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void They_survive_serialisation_and_look_the_same(string script)
    {
        Prepare();
        PSObject shown = Run(script).Output[0];

        var back = (PSObject)PSSerializer.Deserialize(PSSerializer.Serialize(shown, depth: 3));

        using var first = new ModuleSession();
        using var later = new ModuleSession();
        first.Run("$args[0] | Out-Default", shown).AssertClean();
        later.Run("$args[0] | Out-Default", back).AssertClean();
        Assert.Equal(first.Host.Text, later.Host.Text);
    }

    [Theory]
    [InlineData("Export-SqliteDatabase app.db -Table fil", "filler")]
    [InlineData("Export-SqliteDatabase app.db -Table ", "account")]
    [InlineData("Get-SqliteBackup backups -Database ", "app.db")]
    [InlineData("Remove-SqliteBackup -Path backups -Database a", "app.db")]
    public void Names_are_completed_from_what_is_there(string typed, string expected)
    {
        Prepare();

        RunOutcome outcome = Run("[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches.CompletionText", typed);

        outcome.AssertClean();
        Assert.Contains(expected, outcome.Output.Select(value => value.ToString()));
    }

    private void Prepare()
    {
        Create("app.db", rows: 300);
        using (SqliteConnection connection = SampleDatabase.Open(Create("other.db", rows: 30)))
        {
            SampleDatabase.Execute(connection, "ALTER TABLE account ADD COLUMN note; CREATE TABLE fresh(x); INSERT INTO fresh VALUES(1)");
        }

        Run("Export-SqliteDatabase app.db app.sql").AssertClean();
        Run("Backup-SqliteDatabase app.db backups/ -FileNameFormat '{name}{extension}'").AssertClean();
    }
}
