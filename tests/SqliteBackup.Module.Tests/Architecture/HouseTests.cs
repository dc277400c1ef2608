using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace SqliteBackup.ModuleTests.Architecture;

/// <summary>The walls of the house, which keep each room to its one job.</summary>
public sealed class WallTests
{
    [Theory]
    [InlineData("bin/SqliteBackup.Engine.dll", "System.Management.Automation")]
    [InlineData("bin/SqliteBackup.dll", "SQLitePCLRaw")]
    [InlineData("bin/SqliteBackup.dll", "Microsoft.Data.Sqlite")]
    [InlineData("bin/SqliteBackup.dll", "System.Runtime.Loader")]
    [InlineData("bin/SqliteBackup.Engine.dll", "System.Runtime.Loader")]
    [InlineData("bin/SqliteBackup.dll", "SqliteBackup.Stores")]
    [InlineData("bin/SqliteBackup.Engine.dll", "SqliteBackup.Stores")]
    [InlineData("bin/stores/SqliteBackup.Stores.dll", "System.Management.Automation")]
    [InlineData("SqliteBackup.Loader.dll", "System.Management.Automation")]
    [InlineData("SqliteBackup.Loader.dll", "SqliteBackup")]
    public void An_assembly_knows_nothing_of(string assembly, string other) =>
        Assert.DoesNotContain(
            References(Path.Combine(BuildPaths.StagedModule, assembly)), name => name.StartsWith(other, StringComparison.Ordinal));

    [Fact]
    public void The_staged_module_brings_no_engine_of_PowerShell() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(BuildPaths.StagedModule, "*.dll", SearchOption.AllDirectories),
            file => Path.GetFileName(file).StartsWith("System.Management.Automation", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Commands_hold_no_page_loop_and_start_no_thread()
    {
        string[] files = Directory.GetFiles(Path.Combine(BuildPaths.RepositoryRoot, "src/SqliteBackup.Module/Commands"), "*.cs");

        Assert.NotEmpty(files);
        Assert.All(files, file =>
            Assert.DoesNotMatch(new Regex(@"\b(while|for) \(|\b(Thread|Task|DatabaseBackup)\b|sqlite3_"), File.ReadAllText(file)));
    }

    private static string[] References(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var image = new PEReader(file);
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
