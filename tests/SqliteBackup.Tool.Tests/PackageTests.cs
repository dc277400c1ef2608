using System.Diagnostics;
using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed class PackageTests
{
    [Fact]
    public void The_packed_tool_runs_from_a_local_tool_install()
    {
        using TempFolder folder = new();
        string project = Path.Combine(Build.RepositoryRoot, "src", "SqliteBackup.Tool");
        DotNet(folder, "pack", project, "--no-build", "--configuration", Build.Configuration, "--output", folder["feed"]);
        File.WriteAllText(
            folder["nuget.config"],
            """<configuration><packageSources><clear/><add key="feed" value="feed"/></packageSources></configuration>""");
        DotNet(folder, "new", "tool-manifest");
        DotNet(folder, "tool", "install", "SqliteBackup.Tool");

        string database = new SampleDatabase().Create(folder["app.db"]);
        string[] run = ["tool", "run", "sqlitebackup"];
        string output = DotNet(folder, [.. run, "-OutputFormat", "Json", "Backup-SqliteDatabase", database, folder["b.db"]]);
        Assert.Contains("\"Restarts\":0", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["b.db"]));

        string demo = DotNet(folder, [.. run, "demo", "--size", "1", "--seconds", "0"]);
        Assert.Matches("Integrity of the copy +ok", demo);
    }

    private static string DotNet(TempFolder folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Another build of this version may be installed for the user.
        start.Environment["NUGET_PACKAGES"] = folder["packages"];
        start.Environment["DOTNET_CLI_HOME"] = folder["home"];
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (string name in (string[])["MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath"])
        {
            // Left by the dotnet that runs this test.
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ToolRun run = ToolRun.Finish(process);
        Assert.True(run.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {run.Output} {run.Error}");
        return run.Output;
    }
}
