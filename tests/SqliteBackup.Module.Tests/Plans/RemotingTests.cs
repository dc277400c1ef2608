using SqliteBackup.ModuleTests.Hosting;
using SqliteBackup.Testing.Servers;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>A plan on another machine: over PowerShell's own remoting, through a real ssh server on loopback.</summary>
public sealed class RemotingTests : ModuleTest
{
    [Fact]
    public void A_plan_runs_on_another_machine_and_its_result_errors_and_warnings_come_back()
    {
        using SshServer server = SshHost.Start(Folder["state"]);
        Create("app.db");
        Create("gone.db");
        File.WriteAllText(Folder["first.psd1"], "@{ Databases = 'app.db', 'gone.db'; Destinations = 'out'; Tell = @{ Summary = $false } }");
        string script = Folder["fleet.ps1"];
        File.WriteAllText(script, $$"""
            $options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
            $hosts = '127.0.0.1'
            $run = { Import-Module '{{BuildPaths.StagedModule}}'; Invoke-SqliteBackupPlan '{{Folder["first.psd1"]}}' }
            $results = foreach ($night in 1, 2) {
                Invoke-Command -HostName $hosts -Port {{server.Port}} -KeyFilePath '{{server.Key}}' -Options $options $run -ErrorVariable failed -ErrorAction SilentlyContinue
                Remove-Item -LiteralPath '{{Folder["gone.db"]}}' -ErrorAction Ignore
            }
            $results | ForEach-Object { "$($_.PSComputerName) $($_.Status) $($_.ExitCode) $($_.Databases.Count) $($_.Databases[0].Status) $($_.Databases[0].Bytes)" }
            "errors: $($failed.Count) $($failed.FullyQualifiedErrorId)"
            """);

        using var fleet = new ModuleProcess(PowerShellStart.Plain("-File", script), Folder.Path);
        _ = fleet.Join();

        string[] all = fleet.Output.Trim().Split('\n', StringSplitOptions.TrimEntries);
        string[] lines = [.. all.Where(line => !line.StartsWith("WARNING: ", StringComparison.Ordinal))];
        long bytes = new FileInfo(Folder["app.db"]).Length;
        Assert.Equal($"127.0.0.1 Ok 0 2 Ok {bytes}", lines[0]);
        Assert.StartsWith($"127.0.0.1 Failed 1 1 Ok {bytes}", lines[1], StringComparison.Ordinal);
        Assert.Equal("errors: 1 FileNotFound", lines[2].Split(',')[0]);
        Assert.Contains("gone.db' was backed up by the last run and is gone", Assert.Single(all.Except(lines)), StringComparison.Ordinal);
        Assert.Equal(3, Folder.Backups("out").Length);
    }
}
