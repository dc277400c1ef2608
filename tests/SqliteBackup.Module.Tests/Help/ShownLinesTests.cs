using System.Text.RegularExpressions;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Help;

/// <summary>What users are shown, they type: each line parses, and names only cmdlets and parameters that there are.</summary>
public sealed partial class ShownLinesTests : ModuleTest
{
    private const string Check = """
        param($text)
        $ours = (Get-Module SqliteBackup).ExportedCmdlets.Keys
        $errors = $null
        $tree = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref] $null, [ref] $errors)
        foreach ($mistake in $errors) { "$($mistake.Message) $($mistake.Extent.Text)" }
        foreach ($command in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
            $name = $command.GetCommandName()
            if ($name -in $ours) {
                foreach ($mistake in [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($command).BindingExceptions.Values) {
                    "$command`: $($mistake.BindingException.Message)"
                }
            } elseif ($name -like '*-Sqlite*') {
                "There is no $name."
            }
        }
        """;

    [Fact]
    public void Each_line_of_README_and_help_binds()
    {
        string[] pages = [Path.Combine(BuildPaths.RepositoryRoot, "README.md"), .. Directory.GetFiles(Path.Combine(BuildPaths.RepositoryRoot, "src/SqliteBackup.Module/Help"), "*.md")];

        Assert.All(pages, page =>
        {
            MatchCollection blocks = Blocks().Matches(File.ReadAllText(page));
            Assert.NotEmpty(blocks);
            Assert.All(blocks, block => Assert.Equal("", Mistakes(block.Groups["text"].Value)));
        });
    }

    // The about topic is plain text: what can be typed is indented once more.
    [Fact]
    public void Each_line_of_the_about_topic_binds()
    {
        string[] lines = [.. $"{Run("Get-Help about_SqliteBackup").Result}".Split('\n').Where(line => Typed().IsMatch(line))];

        Assert.InRange(lines.Length, 20, 1000);
        Assert.All(lines, line => Assert.Equal("", Mistakes(line)));
    }

    private string Mistakes(string text)
    {
        RunOutcome outcome = Run(Check, text);
        outcome.AssertClean();
        return string.Join('\n', outcome.Output);
    }

    [GeneratedRegex(@"^```powershell\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    // A line that others go on from is no whole command.
    [GeneratedRegex(@"^ {8}(\S.*\| )?[A-Z][a-z]+-Sqlite\w+ .*[^|`{(,\s]\s*$")]
    private static partial Regex Typed();
}
