using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace SqliteBackup.ModuleTests.Architecture;

/// <summary>The rules of the house that reach beyond the Engine: what the built module may know.</summary>
public sealed class HouseTests
{
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> House = new(() => new ArchLoader()
        .LoadFilteredDirectory(Path.Combine(BuildPaths.StagedModule, "bin"), "SqliteBackup*.dll")
        .Build());

    [Theory]
    [InlineData("bin/SqliteBackup.Engine.dll", "System.Management.Automation")]
    [InlineData("bin/SqliteBackup.dll", "SQLitePCLRaw")]
    [InlineData("bin/SqliteBackup.dll", "Microsoft.Data.Sqlite")]
    [InlineData("bin/SqliteBackup.dll", "System.Runtime.Loader")]
    [InlineData("bin/SqliteBackup.Engine.dll", "System.Runtime.Loader")]
    [InlineData("bin/SqliteBackup.dll", "SqliteBackup.Stores")]
    [InlineData("bin/SqliteBackup.Engine.dll", "SqliteBackup.Stores")]
    [InlineData("bin/stores/SqliteBackup.Stores.dll", "System.Management.Automation")]
    [InlineData("bin/stores/SqliteBackup.Stores.dll", "System.Runtime.Loader")]
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
    public void Commands_hold_no_page_loop_and_start_no_thread() =>
        AssertUsesNothing(
            user => user.StartsWith("SqliteBackup.Commands.", StringComparison.Ordinal),
            used => used is "System.Threading.Thread" or "System.Threading.Tasks.Task" or "SqliteBackup.Backup.DatabaseBackup"
                || IsIn(used, "SqliteBackup.Copying") || IsIn(used, "SqliteBackup.Sqlite") || IsIn(used, "SQLitePCL") || IsIn(used, "Microsoft.Data.Sqlite"));

    [Fact]
    public void Nothing_but_the_loader_knows_of_load_contexts() =>
        AssertUsesNothing(user => !IsIn(user, "SqliteBackup.Loader"), used => IsIn(used, "System.Runtime.Loader"));

    private static void AssertUsesNothing(Predicate<string> isUser, Predicate<string> isForbidden)
    {
        IType[] users = [.. House.Value.Types.Where(type => isUser(type.FullName))];
        Assert.NotEmpty(users);
        IEnumerable<string> breaches =
            from user in users
            from dependency in user.Dependencies
            where isForbidden(dependency.Target.FullName)
            select $"{user.FullName} -> {dependency.Target.FullName}";
        Assert.Equal("", string.Join("\n", breaches.Distinct()));
    }

    private static bool IsIn(string type, string space) => type.StartsWith(space + ".", StringComparison.Ordinal);

    private static string[] References(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var image = new PEReader(file);
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
