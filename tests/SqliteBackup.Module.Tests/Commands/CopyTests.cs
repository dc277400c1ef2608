using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>Copy-SqliteBackup: what it binds, returns and refuses.</summary>
public sealed class CopyTests : ModuleTest
{
    [Fact]
    public void What_is_listed_is_piped_into_it_and_each_copy_is_a_result()
    {
        Create("app.db");
        Create("blog.db");
        Run("Backup-SqliteDatabase app.db, blog.db out/").AssertClean();

        RunOutcome copied = Run("Get-SqliteBackup out | Copy-SqliteBackup -Destination second/");

        copied.AssertClean();
        Assert.Equal(Folder.Backups("out"), Folder.Backups("second"));
        Assert.Equal(["False", "False"], copied.Output.Select(result => $"{result.Properties["IsSkipped"].Value}"));
        Assert.Equal(
            Folder.Backups("second").Select(name => Folder[$"second/{name}"]),
            copied.Output.Select(result => $"{result.Properties["Backup"].Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["True", "True"], Run("Copy-SqliteBackup out second/").Output.Select(result => $"{result.Properties["IsSkipped"].Value}"));
    }

    [Fact]
    public void One_that_can_not_be_copied_is_an_error_and_the_others_are_copied()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();
        Create("out/bare.db");

        RunOutcome copied = Run("Copy-SqliteBackup out second/");

        Assert.Contains("bare.db", Assert.Single(copied.Errors).ToString(), StringComparison.Ordinal);
        Assert.Single(copied.Output);
        Assert.Single(Folder.Backups("second"));
    }

    [Fact]
    public void A_path_with_wildcards_is_a_pattern_and_a_literal_one_a_name()
    {
        Create("a[1].db");
        Run("Backup-SqliteDatabase -LiteralPath 'a[1].db' 'out/'").AssertClean();
        string backup = Assert.Single(Folder.Backups("out"));

        Run($"Copy-SqliteBackup -LiteralPath 'out/{backup}' second/").AssertClean();
        Run("Copy-SqliteBackup out/a* third/").AssertClean();

        Assert.Equal([backup], Folder.Backups("second"));
        Assert.Equal([backup], Folder.Backups("third"));
    }

    [Theory]
    [InlineData("restic:repository", "second/")]
    [InlineData("out", "restic:repository")]
    public void Repositories_are_copied_by_other_means(string from, string to)
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();

        RunOutcome refused = Run($"Copy-SqliteBackup {from} {to}");

        Assert.Contains("restic copy", Assert.Single(refused.Errors).ToString(), StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }
}
