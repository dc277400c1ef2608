using System.Text.RegularExpressions;
using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed partial class CommandLineTests
{
    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public void The_version_is_the_manifests(string option)
    {
        string manifest = File.ReadAllText(Path.Combine(Build.RepositoryRoot, "module", "SqliteBackup.psd1"));
        ToolRun run = ToolRun.Of(option);
        Assert.Equal($"sqlitebackup {ModuleVersion().Match(manifest).Groups[1].Value}", run.Output.Trim());
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    [InlineData("/?")]
    public void Help_is_printed_on_request(string option)
    {
        ToolRun run = ToolRun.Of(option);
        Assert.Contains("sqlitebackup -File <script.ps1>", run.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("'--bogus'", "--bogus", "1")]
    [InlineData("'-Whatever'", "-Whatever")]
    [InlineData("Text or Json", "-OutputFormat", "Xml", "1")]
    [InlineData("-Command needs", "-Command")]
    [InlineData("nowhere.ps1", "-File", "nowhere.ps1")]
    [InlineData("--size takes", "demo", "--size", "none")]
    public void Wrong_options_are_64_and_said(string said, params string[] arguments)
    {
        ToolRun run = ToolRun.Of(arguments);
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_are_one_command_line() =>
        Assert.Equal(["1", "2", "3"], ToolRun.Of("1..3", "|", "ForEach-Object", "{ $_ }").Lines);

    [Theory]
    [InlineData("my app.db")]
    [InlineData("Grüße an 日本.db")]
    [InlineData("100 %.db")]
    public void A_word_with_spaces_is_one_value(string word) =>
        Assert.Equal([word], ToolRun.Of("ForEach-Object", "-InputObject", word, "{ $_ }").Lines);

    [Fact]
    public void The_name_of_a_file_is_one_value_whatever_is_in_it()
    {
        using TempFolder folder = new();
        string path = folder["it's; $(a) {file}.db"];
        File.WriteAllText(path, "");
        Assert.Equal([path], ToolRun.Of("ForEach-Object", "-InputObject", path, "{ $_ }").Lines);
    }

    [Theory]
    [InlineData("-Command")]
    [InlineData("-c")]
    [InlineData("-noprofile", "-NonInteractive", "-comm")]
    public void Command_runs_its_words(params string[] options) =>
        Assert.Equal(["42"], ToolRun.Of([.. options, "6", "*", "7"]).Lines);

    [Theory]
    [InlineData]
    [InlineData("-")]
    [InlineData("-Command", "-")]
    [InlineData("-File", "-")]
    public void A_script_is_read_from_standard_input(params string[] arguments)
    {
        ToolRun run = ToolRun.WithInput("$n = 6\nif ($n) {\n  \"größer: $($n * 7)\"\n}\n", arguments);
        Assert.Equal((0, "größer: 42"), (run.ExitCode, run.Output.Trim()));
    }

    [Fact]
    public void Lines_of_standard_input_are_a_commands_input() =>
        Assert.Equal(["<a b>", "<c>"], ToolRun.WithInput("a b\nc\n", "-c", "$input | ForEach-Object { \"<$_>\" }").Lines);

    [Fact]
    public void A_command_that_wants_no_input_does_not_wait_for_its_end()
    {
        using System.Diagnostics.Process process = ToolRun.Start(Build.Tool, "-c", "'done'");
        Assert.Equal("done", ToolRun.Finish(process).Output.Trim());
    }

    [Theory]
    [InlineData("n=a b f=False c=1 r=", "-Name", "a b")]
    [InlineData("n=x f=True c=5 r=y,z", "x", "-Flag", "-Count", "5", "y", "z")]
    [InlineData("n=zz f=False c=7 r=", "-Name:", "zz", "-Flag:$false", "-Count:7")]
    [InlineData("n=- f=False c=1 r=", "-")]
    public void A_script_file_gets_parameters_and_values(string expected, params string[] arguments)
    {
        using TempFolder folder = new();
        string script = folder["a script.ps1"];
        File.WriteAllText(
            script,
            """
            param([string]$Name, [switch]$Flag, [int]$Count = 1, [Parameter(ValueFromRemainingArguments)]$Rest)
            "n=$Name f=$Flag c=$Count r=$($Rest -join ',')"
            $PSScriptRoot
            """);
        Assert.Equal([expected, folder.Path], ToolRun.Of(["-File", script, .. arguments]).Lines);
    }

    [Fact]
    public void What_a_script_requires_is_demanded()
    {
        ToolRun run = ToolRun.WithInput("#requires -Version 99\n'ran'", "-");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("requires PowerShell 99", run.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"ModuleVersion\s*=\s*'([^']+)'")]
    private static partial Regex ModuleVersion();
}
