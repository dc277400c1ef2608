using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Parameters;

/// <summary>What Tab offers stands for a name, whatever the name holds, and runs nothing.</summary>
public sealed class CompletionTests : ModuleTest
{
    public static TheoryData<string> Names =>
    [
        "plain", "with space", "it's", "a'; $global:ran = 1; '", "\u2018typo\u2019", "x\u2019; $global:ran = 1; \u2018", "\u201A\u201B low", "\"double\"", "\u201C$global:ran\u201D",
        "$(1/0)", "`tick", "star*", "[ab]", "-dash", "semi;colon", "1digit",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_table_by_any_name_is_completed_to_that_table_alone(string table)
    {
        string database = Create("app.db");
        using (var connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, $"CREATE TABLE \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\"(only_here_{Math.Abs(table.Length)})");
        }

        string[] words = Complete("Export-SqliteDatabase app.db -AsString -Table ");
        foreach (string word in words)
        {
            RunOutcome outcome = Run($"Export-SqliteDatabase app.db -AsString -SchemaOnly -Table {word}");
            outcome.AssertClean();
            Assert.Null(Run("$global:ran").Output.SingleOrDefault());
        }

        Assert.Contains(words, word => Run($"Export-SqliteDatabase app.db -AsString -SchemaOnly -Table {word}").Output.Any(line => $"{line}".Contains("only_here_", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_database_by_any_name_is_completed_to_that_one_alone(string name)
    {
        Create(name);
        Run("Backup-SqliteDatabase -LiteralPath $args[0] -Destination out/ -FileNameFormat '{name}'", name).AssertClean();

        const string Line = "Get-SqliteBackup out -Database ";
        string word = Assert.Single(Complete(Line));

        Assert.Equal(Folder[name], Run(Line + word).Get<string>("Database"));
        Assert.Null(Run("$global:ran").Output.SingleOrDefault());
    }

    private string[] Complete(string line)
    {
        using PowerShell shell = Session.Create("");
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
    }
}
