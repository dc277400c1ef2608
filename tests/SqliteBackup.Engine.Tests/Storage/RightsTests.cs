using System.Diagnostics;
using SqliteBackup.Engine.Tests.Catalog;

namespace SqliteBackup.Engine.Tests.Storage;

/// <summary>Nobody can read a backup who could not read its source.</summary>
public sealed class RightsTests : IDisposable
{
    private const string Group = "65533";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("644", "755", "644")]
    [InlineData("644", "700", "600")]
    [InlineData("644", "750", "640")]
    [InlineData("664", "701", "604")]
    [InlineData("604", "755", "604")]
    [InlineData("640", "711", "640")]
    public void The_folders_above_the_source_count(string file, string folder, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder there");
        string database = Make(file);
        File.SetUnixFileMode(_folder["in"], Mode(folder));

        RunWithManifest(database);

        AssertMode(expected);
    }

    [Theory]
    [InlineData("604", "600")]
    [InlineData("640", "600")]
    [InlineData("644", "644")]
    [InlineData("664", "644")]
    public void Another_group_gets_what_both_its_people_and_others_had(string file, string expected)
    {
        SkipUnlessRoot();
        string database = Make(file);
        Tool("chgrp", Group, database);

        RunWithManifest(database);

        AssertMode(expected);
    }

    [Fact]
    public void A_folder_of_another_group_counts_for_all_who_may_be_in_it()
    {
        SkipUnlessRoot();
        string database = Make("644");
        Tool("chgrp", Group, _folder["in"]);
        File.SetUnixFileMode(_folder["in"], Mode("705"));

        RunWithManifest(database);

        AssertMode("600");
    }

    [Fact]
    public void An_access_control_list_on_the_source_makes_the_backup_its_owners()
    {
        string database = Make("600");
        Tool("setfacl", "-m", "u:65534:r,m::r", database);
        Assert.Equal(Mode("640"), File.GetUnixFileMode(database));

        RunWithManifest(database);

        AssertMode("600");
    }

    [Fact]
    public void A_default_list_of_the_destination_lets_nobody_in()
    {
        string database = Make("640");
        Directory.CreateDirectory(_folder["out"]);
        Tool("setfacl", "-d", "-m", "u:65534:rw", _folder["out"]);

        RunWithManifest(database);

        AssertMode("600");
        Assert.Contains("#effective:---", Tool("getfacl", "--absolute-names", _folder["out/copy.db"]), StringComparison.Ordinal);
    }

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);

    private static void SkipUnlessRoot() =>
        Assert.SkipUnless(!OperatingSystem.IsWindows() && Environment.UserName == "root", "only root can give a file to another group");

    private static string Tool(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.SkipWhen(error.Contains("not supported", StringComparison.Ordinal), "the file system of the temporary folder has no access control lists");
            Assert.True(process.ExitCode == 0, error);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is missing: install the package {(program == "chgrp" ? "coreutils" : "acl")}");
            throw;
        }
    }

    private string Make(string mode)
    {
        string database = new SampleDatabase().Create(_folder["in/app.db"]);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Path, Mode("755"));
            File.SetUnixFileMode(_folder["in"], Mode("755"));
            File.SetUnixFileMode(database, Mode(mode));
        }

        return database;
    }

    private void RunWithManifest(string database) => CatalogBackup.Run(database, _folder["out/copy.db"]);

    private void AssertMode(string expected)
    {
        Assert.Equal(Mode(expected), File.GetUnixFileMode(_folder["out/copy.db"]));
        Assert.Equal(Mode(expected), File.GetUnixFileMode(_folder["out/copy.db.json"]));
    }
}
