using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;
using SqliteBackup.Testing.Servers;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>A plan with a store off the machine: what stands there is a copy of what stands here.</summary>
public sealed class PlanStoreTests : ModuleTest
{
    [Fact]
    public void A_store_gets_copies_of_the_folders_backups_and_the_other_way_round()
    {
        using SshServer server = SshHost.Start(Folder["state"]);
        Create("one.db");
        Create("two [ab].db");
        string store = $"@{{ Location = 'sftp://root@127.0.0.1:{server.Port}{Folder["far"]}/'; StoreOption = @{{ KeyFile = '{server.Key}'; KnownHostsFile = '{server.KnownHosts}' }}; KeepLast = 1 }}";
        File.WriteAllText(Folder["plan.psd1"], $"@{{ Databases = '*.db'; Destinations = 'out', {store}; FreshWithin = '1d'; Test = @{{ Every = '1d' }} }}");

        PSObject first = Run("Invoke-SqliteBackupPlan plan.psd1").Result;
        PSObject second = Run("Invoke-SqliteBackupPlan plan.psd1").Result;
        string[] newest = [.. Run("Get-SqliteBackup out -Latest").Output.Select(backup => Path.GetFileName((string)backup.Properties["Backup"].Value)).Order(StringComparer.Ordinal)];
        string[] far = Folder.Backups("far");
        Assert.Equal(newest, far);
        Assert.All(far, name => Assert.Equal(File.ReadAllBytes(Folder[$"out/{name}"]), File.ReadAllBytes(Folder[$"far/{name}"])));
        File.WriteAllText(Folder["plan.psd1"], $"@{{ Databases = '*.db'; Destinations = {store}, 'back' }}");
        PSObject third = Run("Invoke-SqliteBackupPlan plan.psd1").Result;

        Assert.Equal((2, 4), (first.Properties["Copied"].Value, first.Properties["Tested"].Value));
        Assert.Equal((2, 2, 0), (second.Properties["Copied"].Value, second.Properties["Removed"].Value, second.Properties["Stale"].Value));
        Assert.Equal(2, third.Properties["Copied"].Value);
        string[] back = Folder.Backups("back");
        Assert.Equal(back, Folder.Backups("far"));
        Assert.All(back, name => Assert.Equal(File.ReadAllBytes(Folder[$"far/{name}"]), File.ReadAllBytes(Folder[$"back/{name}"])));
        Assert.Equal(2, Run("Get-SqliteBackup back | & { process { if ($_.Verified) { $_ } } }").Output.Count);
    }
}
