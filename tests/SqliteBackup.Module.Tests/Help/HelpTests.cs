using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Help;

public sealed class HelpTests : ModuleTest
{
    private static readonly string[] Common =
    [
        .. typeof(Cmdlet).Assembly.GetType("System.Management.Automation.Internal.CommonParameters", throwOnError: true)!
            .GetProperties().Select(property => property.Name),
    ];

    [Fact]
    public void Every_cmdlet_has_a_synopsis_a_description_notes_and_two_examples()
    {
        RunOutcome outcome = Run(
            """
            foreach ($cmdlet in (Get-Module SqliteBackup).ExportedCmdlets.Keys) {
                $help = Get-Help $cmdlet -Full
                [pscustomobject]@{
                    Name = $cmdlet; Synopsis = $help.Synopsis; Description = $help.description.Text -join ' '
                    Examples = @($help.examples.example).Count; Notes = $help.alertSet.alert.Text -join ' '
                    Output = $help.returnValues.returnValue.type.name; Inputs = @($help.inputTypes.inputType).Count
                }
            }
            """);

        outcome.AssertClean();
        Assert.NotEmpty(outcome.Output);
        Assert.All(outcome.Output, help =>
        {
            Assert.DoesNotContain($"{help.Properties["Name"].Value} [", (string)help.Properties["Synopsis"].Value, StringComparison.Ordinal);
            Assert.InRange(((string)help.Properties["Synopsis"].Value).Length, 10, 200);
            Assert.True(((string)help.Properties["Description"].Value).Length > 100);
            Assert.True((int)help.Properties["Examples"].Value >= 2);
            Assert.NotEmpty((string)help.Properties["Notes"].Value);
            Assert.NotEmpty($"{help.Properties["Output"].Value}");
            Assert.True((int)help.Properties["Inputs"].Value >= 1);
        });
    }

    [Fact]
    public void The_help_describes_every_parameter_as_it_is()
    {
        RunOutcome outcome = Run(
            """
            foreach ($cmdlet in (Get-Module SqliteBackup).ExportedCmdlets.Values) {
                $described = @{}
                foreach ($parameter in (Get-Help $cmdlet.Name -Full).parameters.parameter) { $described[$parameter.name] = $parameter }
                foreach ($parameter in $cmdlet.Parameters.Values) {
                    $help = $described[$parameter.Name]
                    $attribute = $parameter.Attributes.Where({ $_ -is [System.Management.Automation.ParameterAttribute] }, 'First')[0]
                    [pscustomobject]@{
                        Name = $parameter.Name; Text = $help.description.Text -join ' '
                        Required = $attribute.Mandatory; HelpRequired = $help.required
                        Pipeline = $attribute.ValueFromPipelineByPropertyName; HelpPipeline = $help.pipelineInput
                        Aliases = $parameter.Aliases -join ', '; HelpAliases = $help.aliases
                        Type = $parameter.ParameterType; HelpType = $help.type.name
                    }
                }
            }
            """);

        outcome.AssertClean();
        PSObject[] parameters = [.. outcome.Output.Where(parameter => !Common.Contains(parameter.Properties["Name"].Value))];
        Assert.Contains(parameters, parameter => (string)parameter.Properties["Name"].Value == "PagesPerStep");
        Assert.All(parameters, parameter =>
        {
            string name = (string)parameter.Properties["Name"].Value;
            Assert.False(string.IsNullOrWhiteSpace((string)parameter.Properties["Text"].Value), name);
            Assert.Equal($"{parameter.Properties["Required"].Value}", $"{parameter.Properties["HelpRequired"].Value}", ignoreCase: true);
            Assert.Equal(
                (bool)parameter.Properties["Pipeline"].Value,
                $"{parameter.Properties["HelpPipeline"].Value}".Contains("ByPropertyName", StringComparison.Ordinal));
            string aliases = (string)parameter.Properties["Aliases"].Value;
            Assert.Equal(aliases.Length == 0 ? "none" : aliases, $"{parameter.Properties["HelpAliases"].Value}");
            var type = (Type)parameter.Properties["Type"].Value;
            Assert.Equal((Nullable.GetUnderlyingType(type) ?? type).Name, $"{parameter.Properties["HelpType"].Value}");
        });
    }

    [Theory]
    [InlineData("CopyMode", "$_.Mode")]
    [InlineData("StepMilliseconds", "$_.StepDuration.TotalMilliseconds")]
    [InlineData("StepDelayMilliseconds", "$_.StepDelay.TotalMilliseconds")]
    [InlineData("MaxWalGrowth", "'{0}GB' -f ($_.MaxWalGrowth / 1GB)")]
    [InlineData("MaxWriterStallSeconds", "$_.MaxWriterStall.TotalSeconds")]
    [InlineData("BusyTimeoutSeconds", "$_.BusyTimeout.TotalSeconds")]
    public void The_help_says_the_defaults_that_the_engine_has(string parameter, string value)
    {
        RunOutcome outcome = Run(
            $$"""
            $module = (Get-Command Backup-SqliteDatabase).ImplementingType.Assembly
            $engine = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($module).Assemblies | Where-Object { $_.GetName().Name -eq 'SqliteBackup.Engine' }
            $options = [Activator]::CreateInstance(($engine.GetTypes() | Where-Object Name -eq CopyOptions))
            "$($options | ForEach-Object { {{value}} })"
            (Get-Help Backup-SqliteDatabase -Parameter {{parameter}}).defaultValue
            """);

        outcome.AssertClean();
        Assert.Equal($"{outcome.Output[0]}", $"{outcome.Output[1]}");
    }

    [Fact]
    public void No_cmdlet_leads_to_a_page_on_the_web_that_is_not_its_own()
    {
        RunOutcome outcome = Run("foreach ($name in (Get-Module SqliteBackup).ExportedCmdlets.Keys) { (Get-Help $name -Full).relatedLinks.navigationLink.uri }");

        outcome.AssertClean();
        Assert.NotEmpty(outcome.Output);
        Assert.All(outcome.Output, address => Assert.Equal("", $"{address}"));
        Assert.Contains("https://sqlite.org/backup.html", $"{Run("(Get-Help Backup-SqliteDatabase -Full).relatedLinks.navigationLink.linkText -join ' '").Result}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_about_topic_explains_every_error_id()
    {
        string text = Run("Get-Help about_SqliteBackup").Result.ToString();

        string engine = File.ReadAllText(Path.Combine(BuildPaths.RepositoryRoot, "src/SqliteBackup.Engine/BackupFailure.cs"));
        string[] ids = [.. engine.Split('\n').Select(line => line.Trim()).Where(line => line.EndsWith(',')).Select(line => line.TrimEnd(','))];
        Assert.Equal(28, ids.Length);
        Assert.All(ids, id => Assert.Contains($"\n    {id}\n", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "try again later")]
    [InlineData("$_.Exception.Failure; $_.Exception.Path; $_.Exception.SqliteExtendedErrorCode", "SourceBusy")]
    public void An_error_is_caught_as_the_about_topic_says(string more, string expected)
    {
        using WriterProcess writer = WriterProcess.Start(Create("app.db"), "hold-exclusive");
        string text = Run("Get-Help about_SqliteBackup").Result.ToString();
        string script = text[text.IndexOf("        try {", StringComparison.Ordinal)..text.IndexOf("The exception's properties", StringComparison.Ordinal)]
            .Replace("/backup/", "out/ -BusyTimeoutSeconds 0.1", StringComparison.Ordinal)
            .Replace("catch {", "catch { " + more, StringComparison.Ordinal);

        RunOutcome outcome = Run(script);

        Assert.Null(outcome.Terminating);
        Assert.Contains(expected, outcome.Output.Select(value => $"{value}"));
        Assert.Contains("try again later", outcome.Output.Select(value => $"{value}"));
        Assert.Equal(more.Length > 0, outcome.Output.Any(value => $"{value}" == Folder["app.db"]));
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase app.db x -PagesPerStep ", "100")]
    [InlineData("Backup-SqliteDatabase app.db x -FileNameFormat ", "'{name}{extension}'")]
    [InlineData("Backup-SqliteDatabase app.db x -FileNameFormat '{name}{", "'{name}{extension}'")]
    [InlineData("Backup-SqliteDatabase app.db x -MaxBytesPerSecond 2", "20MB")]
    [InlineData("Backup-SqliteDatabase app.db x -CopyMode S", "Snapshot")]
    [InlineData("Backup-SqliteDatabase app.db x -Verify ", "Full")]
    [InlineData("Backup-SqliteDatabase app.db x -Compress ", "Zstd")]
    [InlineData("Backup-SqliteDatabase app.db x -KeepWithin ", "30d")]
    [InlineData("Backup-SqliteDatabase app.db x -FileNameFormat '{fo", "'{folder}/{name}-{timestamp:yyyyMMddTHHmmssfffZ}{extension}'")]
    [InlineData("Remove-SqliteBackup x -OlderThan 9", "90d")]
    public void Arguments_are_completed(string typed, string expected)
    {
        RunOutcome outcome = Run(
            "[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches.CompletionText", typed);

        outcome.AssertClean();
        Assert.Contains(expected, outcome.Output.Select(value => value.ToString()));
    }
}
