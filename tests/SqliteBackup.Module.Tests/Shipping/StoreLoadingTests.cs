using System.Reflection;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Shipping;

/// <summary>When the libraries of the stores are loaded, and beside whose.</summary>
public sealed class StoreLoadingTests : ModuleTest
{
    private const string Loaded =
        """
        $context = [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -EQ 'SqliteBackup'
        $context.Assemblies | Where-Object Location -Match '[\\/]bin[\\/]stores[\\/]' | ForEach-Object { $_.GetName().Name } | Sort-Object
        """;

    // Nothing listens there: what answers is the SDK, which got as far as the network.
    private const string NameStore =
        """
        $engine = [System.Runtime.Loader.AssemblyLoadContext]::All.Where{ $_.Name -eq 'SqliteBackup' }.Assemblies.Where{ $_.GetName().Name -eq 'SqliteBackup.Engine' }[0]
        $storage = 'SqliteBackup.Storage'
        $scheme = $engine.GetType("$storage.StoreScheme")::S3
        $settings = [Activator]::CreateInstance($engine.GetType("$storage.StoreSettings"))
        $settings.GetType().GetProperty('Options').SetValue($settings, $engine.GetType("$storage.StoreOptions")::Parse($scheme, @{ EndpointUrl = 'http://127.0.0.1:1' }))
        $settings.GetType().GetProperty('Credential').SetValue($settings, [Activator]::CreateInstance($engine.GetType("$storage.StoreCredential"), 'key', 'secret'))
        $settings.GetType().GetProperty('MaxRetries').SetValue($settings, 0)
        $store = $engine.GetType("$storage.BackupStores")::Open($engine.GetType("$storage.StoreLocation")::Parse('s3://bucket/'), $settings)
        try { $store.Stat('file', [System.Threading.CancellationToken]::None) } catch { "$($_.Exception.InnerException.Failure)" }
        """;

    [Fact]
    public void A_session_that_names_no_store_loads_none_of_their_libraries()
    {
        Create("app.db");

        string[] lines = Run($"$null = Backup-SqliteDatabase app.db out/; $null = Get-SqliteBackup out/ | Test-SqliteBackup; {Loaded}; 'end'");

        Assert.Equal(["end"], lines);
    }

    [Fact]
    public void The_first_store_loads_them_into_the_modules_own_context()
    {
        string[] lines = Run($"{NameStore}; {Loaded}; @([System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.Where{{ $_.GetName().Name -like 'AWSSDK*' }}).Count");

        Assert.Equal("StoreUnavailable", lines[0]);
        Assert.Contains("AWSSDK.Core", lines);
        Assert.Contains("SqliteBackup.Stores", lines);
        Assert.DoesNotContain("Azure.Core", lines);
        Assert.Equal("0", lines[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_module_with_its_own_copy_of_a_library_works_beside_ours(bool othersFirst)
    {
        string other = $"Import-Module '{WriteOtherModule()}'; Get-OtherRegion";
        string ours = $"Import-Module '{BuildPaths.StagedModule}'; {NameStore}";

        string[] lines = Lines(new ModuleProcess(PowerShellStart.Plain("-Command", othersFirst ? $"{other}; {ours}; Get-OtherRegion" : $"{ours}; {other}; {NameStore}"), Folder.Path));

        string[] others = ["3", "eu-central-1"];
        Assert.Equal(othersFirst ? [.. others, "StoreUnavailable", .. others] : ["StoreUnavailable", .. others, "StoreUnavailable"], lines);
    }

    // As modules do that are made of scripts: the library lies in the module's folder, and its manifest names it.
    private string WriteOtherModule()
    {
        string folder = Directory.CreateDirectory(Folder["OtherCloud"]).FullName;
        File.Copy(OtherAwsCore, Path.Combine(folder, "AWSSDK.Core.dll"));
        File.WriteAllText(
            Path.Combine(folder, "OtherCloud.psd1"),
            "@{ RootModule = 'OtherCloud.psm1'; ModuleVersion = '1.0'; RequiredAssemblies = 'AWSSDK.Core.dll'; FunctionsToExport = 'Get-OtherRegion' }");
        File.WriteAllText(
            Path.Combine(folder, "OtherCloud.psm1"),
            "function Get-OtherRegion { [Amazon.RegionEndpoint].Assembly.GetName().Version.Major; [Amazon.RegionEndpoint]::EUCentral1.SystemName }");
        return folder;
    }

    private static string OtherAwsCore { get; } =
        typeof(StoreLoadingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "OtherAwsCore").Value!;

    private string[] Run(string command) => Lines(new ModuleProcess(Folder.Path, command));

    private static string[] Lines(ModuleProcess started)
    {
        using ModuleProcess process = started;
        Assert.Equal((0, ""), (process.Join(), process.Error));
        return process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
