using System.Diagnostics;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Shipping;

/// <summary>The package of build.ps1 -Task Package, installed as users install it.</summary>
public sealed class PackageTests : ModuleTest
{
    [Fact]
    public void The_package_installs_under_a_clean_home_and_runs()
    {
        Pack();
        Create("app.db");
        Directory.CreateDirectory(Folder["home"]);

        using var install = new ModuleProcess(
            PowerShellStart.Plain(
                "-Command",
                $$"""
                $ErrorActionPreference = 'Stop'
                Register-PSResourceRepository -Name here -Uri '{{Folder["feed"]}}' -Trusted
                Install-PSResource -Name SqliteBackup -Repository here -Scope CurrentUser
                $module = Import-Module SqliteBackup -PassThru
                $module.ModuleBase
                (Backup-SqliteDatabase app.db out/).Verified
                (Get-Command -Module SqliteBackup).Count -eq $module.ExportedCmdlets.Count
                (Get-Help Backup-SqliteDatabase).Synopsis.Length -gt 20
                [System.IO.File]::Exists("$($module.ModuleBase)/LICENSE")
                [System.IO.File]::Exists("$($module.ModuleBase)/CHANGELOG.md")
                """),
            Folder.Path,
            ("HOME", Folder["home"]), ("USERPROFILE", Folder["home"]), ("LOCALAPPDATA", Folder["home"]), ("XDG_DATA_HOME", ""), ("PSModulePath", ""));

        Assert.Equal((0, ""), (install.Join(), install.Error));
        string[] lines = install.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.StartsWith(Folder["home"], lines[0], StringComparison.Ordinal);
        Assert.Equal(["Quick", "True", "True", "True", "True"], lines[1..]);
        Assert.Single(Folder.Backups("out"));
    }

    private void Pack()
    {
        using var pack = new ModuleProcess(
            new ProcessStartInfo(
                "dotnet",
                ["pack", Path.Combine(BuildPaths.RepositoryRoot, "src", "SqliteBackup.Module"), "--no-build", "--configuration", BuildPaths.Configuration, "--output", Folder["feed"]])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            Folder.Path,
            ("MSBUILDDISABLENODEREUSE", "1"));
        Assert.True(pack.Join() == 0, $"{pack.Output} {pack.Error}");
    }
}
