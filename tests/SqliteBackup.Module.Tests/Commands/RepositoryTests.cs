using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>The cmdlets about repositories: what binds to what, and which errors come of what.</summary>
public sealed class RepositoryTests : ModuleTest
{
    private const string Secrets = "$one = [System.Net.NetworkCredential]::new('', 'one').SecurePassword; $two = [System.Net.NetworkCredential]::new('', 'two').SecurePassword; ";

    [Fact]
    public void A_repository_is_made_and_its_keys_are_added_listed_and_removed_by_the_pipeline()
    {
        RunOutcome outcome = Run(Secrets + """
            $made = New-SqliteBackupRepository restic:repo -Password $one
            $made.Repository
            $added = $made | Add-SqliteBackupRepositoryKey -Password $one -NewPassword $two
            $added.IsCurrent
            (Get-SqliteBackupRepositoryKey $made -Password $two | Where-Object IsCurrent).Id -eq $added.Id
            Get-SqliteBackupRepositoryKey repo -Password $two | Where-Object Id -eq $made.KeyId | Remove-SqliteBackupRepositoryKey -Password $two -Force
            @(Get-SqliteBackupRepositoryKey repo/ -Password $two).Count
            """);

        outcome.AssertClean();
        Assert.Equal([$"restic:{Folder["repo"]}/", false, true, 1], outcome.Output.Select(value => value.BaseObject));
    }

    [Theory]
    [InlineData("New-SqliteBackupRepository restic:repo -Password $one", "DestinationExists")]
    [InlineData("Get-SqliteBackupRepositoryKey restic:repo -Password $two", "PasswordWrong")]
    [InlineData("Get-SqliteBackupRepositoryKey restic:nowhere -Password $one", "RepositoryNotFound")]
    [InlineData("Test-SqliteBackupRepository restic:nowhere -Password $one", "RepositoryNotFound")]
    [InlineData("Remove-SqliteBackupRepositoryKey restic:repo $made.KeyId -Password $one -Force", "InvalidOption")]
    [InlineData("Remove-SqliteBackupRepositoryKey restic:repo ffffffff -Password $one -Force", "InvalidOption")]
    [InlineData("Get-SqliteBackupRepositoryKey restic:repo -Password $one -StoreOption @{ Regoin = 'x' }", "InvalidOption")]
    [InlineData("Get-SqliteBackupRepositoryKey restic:restic:repo -Password $one", "InvalidOption")]
    [InlineData("Optimize-SqliteBackupRepository restic:repo -Password $two", "PasswordWrong")]
    public void What_cannot_be_done_is_one_error_with_its_id(string script, string id)
    {
        RunOutcome outcome = Run(Secrets + "$made = New-SqliteBackupRepository restic:repo -Password $one; " + script);

        ErrorRecord error = Assert.Single(outcome.Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void A_test_says_what_is_wrong_as_a_result_and_a_prune_what_it_would_free()
    {
        Run(Secrets + "$null = New-SqliteBackupRepository restic:repo -Password $one").AssertClean();
        Directory.CreateDirectory(Folder["repo/data/00"]);
        string left = new('0', 64);
        File.WriteAllBytes(Folder[$"repo/data/00/{left}"], new byte[100]);

        RunOutcome outcome = Run(Secrets + """
            $test = Test-SqliteBackupRepository restic:repo -Password $one
            $test.Status, $test.Findings.Count, $test.Findings[0].IsDamage | ForEach-Object { [string]$_ }
            (Optimize-SqliteBackupRepository restic:repo -Password $one -WhatIf).BytesFreed
            (Optimize-SqliteBackupRepository restic:repo -Password $one).IsDryRun
            (Test-SqliteBackupRepository restic:repo -Password $one).Findings.Count
            """);

        outcome.AssertClean();
        Assert.Equal(["Ok", "1", "False", 100L, false, 0], outcome.Output.Select(value => value.BaseObject));
    }

    [Theory]
    [InlineData("New-SqliteBackupRepository restic:other -Password $one -WhatIf", "other")]
    [InlineData("Get-SqliteBackupRepositoryKey restic:repo -Password $one | Remove-SqliteBackupRepositoryKey -Password $one -WhatIf", null)]
    public void WhatIf_changes_nothing(string script, string? missing)
    {
        Run(Secrets + "$null = New-SqliteBackupRepository restic:repo -Password $one").AssertClean();

        Run(Secrets + script).AssertClean();

        Assert.True(missing is null || !Path.Exists(Folder[missing]));
        Assert.Single(Folder.Files("repo/keys"));
    }

    [Theory]
    [InlineData("New-SqliteBackupRepository restic:other -Password $one", @"restic:.*other/ +[0-9a-f]{12} +2 [0-9a-f]{12}")]
    [InlineData("Get-SqliteBackupRepositoryKey restic:repo -Password $one", @"[0-9a-f]{12} .* True")]
    [InlineData("Test-SqliteBackupRepository restic:repo -Password $one", @"Ok +False +0 +0 +0 B +\d\.\d\d s +0")]
    [InlineData("Optimize-SqliteBackupRepository restic:repo -Password $one", @"0 B +0 B +0 B +0 B +0 +0 False")]
    public void Each_has_a_table_and_a_list_with_every_property(string script, string expected)
    {
        Run(Secrets + "$null = New-SqliteBackupRepository restic:repo -Password $one").AssertClean();

        PSObject shown = Run(Secrets + script).Output[0];
        Run("$args[0] | Out-Default", shown).AssertClean();

        Assert.Matches(expected, System.Text.RegularExpressions.Regex.Replace(Session.Host.Text, "\u001b\\[[0-9;]*m", ""));
        string type = shown.TypeNames[0].Split('.')[^1];
        string view = File.ReadAllText(Path.Combine(BuildPaths.StagedModule, "SqliteBackup.Format.ps1xml"));
        string list = view[view.IndexOf($"<Name>SqliteBackup.{type}.List</Name>", StringComparison.Ordinal)..];
        list = list[..list.IndexOf("</View>", StringComparison.Ordinal)];
        Assert.All(shown.Properties, property => Assert.Matches($"<(PropertyName|Label)>{property.Name}</", list));
    }
}
