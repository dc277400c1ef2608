using System.Diagnostics;

namespace SqliteBackup.ModuleTests.Help;

/// <summary>The build's own step, as the build runs it. That the help it makes is right is in <see cref="HelpTests"/>.</summary>
public sealed class HelpBuilderTests
{
    [Theory]
    [InlineData("### -CopyMode\n", "### -CopyMod\n", "has no parameter -CopyMod.")]
    [InlineData("### -AsJob\n", "### -Force\n", "described twice")]
    [InlineData("### -KeepFailed\n", "", "There is no text for -KeepFailed of Backup-SqliteDatabase.")]
    [InlineData("### Job\n", "### System.String\n", "'## OUTPUTS' says nothing about Job")]
    [InlineData("### DatabaseInfo\n", "### DatabaseInf\n", "There is no type DatabaseInf.")]
    [InlineData("## NOTES\n", "## REMARKS\n", "'REMARKS' is not a heading of help")]
    [InlineData("`<backup>.json`", "<backup>.json", "Get-Help can't show <backup>.")]
    [InlineData("`'data/*.db'`", "data/*.db and data/*.sqlite", "belongs in backquotes")]
    [InlineData("https://sqlite.org/backup.html", "backup.html", "leads to 'backup.html', which is not there")]
    public void A_page_that_does_not_fit_its_cmdlet_breaks_the_build(string text, string replacement, string expected)
    {
        using var folder = new TempFolder();
        string pages = CopyPages(folder.Path);
        string page = Path.Combine(pages, "Backup-SqliteDatabase.md");
        string before = File.ReadAllText(page);
        Assert.Contains(text, before, StringComparison.Ordinal);
        File.WriteAllText(page, before.Replace(text, replacement, StringComparison.Ordinal));

        (int exitCode, string error) = Build(pages);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"{page}(", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-SqliteBackup.md", null, "Get-SqliteBackup has no page.")]
    [InlineData("Get-SqliteBackup.md", "Get-SqliteBackups.md", "There is no cmdlet of this name.")]
    public void A_cmdlet_without_a_page_and_a_page_without_a_cmdlet_break_the_build(string page, string? newName, string expected)
    {
        using var folder = new TempFolder();
        string pages = CopyPages(folder.Path);
        if (newName is not null)
        {
            File.Copy(Path.Combine(pages, page), Path.Combine(pages, newName));
        }

        File.Delete(Path.Combine(pages, page));

        (int exitCode, string error) = Build(pages);

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    // As deep as they are in the repository, for their links.
    private static string CopyPages(string folder)
    {
        string pages = Directory.CreateDirectory(Path.Combine(folder, "src", "SqliteBackup.Module", "Help")).FullName;
        Copy(Path.Combine(BuildPaths.RepositoryRoot, "src", "SqliteBackup.Module", "Help"), pages);
        Copy(Path.Combine(BuildPaths.RepositoryRoot, "module", "en-US"), Directory.CreateDirectory(Path.Combine(folder, "module", "en-US")).FullName);
        return pages;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static (int ExitCode, string Error) Build(string pages)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [BuildPaths.HelpBuilder, Path.Combine(BuildPaths.StagedModule, "bin", "SqliteBackup.dll"), pages, Path.Combine(pages, "help.xml")])
        {
            RedirectStandardError = true,
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
