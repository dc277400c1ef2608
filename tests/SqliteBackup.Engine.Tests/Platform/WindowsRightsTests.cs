using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using SqliteBackup.Backup;
using SqliteBackup.Platform;
using SqliteBackup.Registry;

namespace SqliteBackup.Engine.Tests.Platform;

/// <summary>On Windows, too, nobody can read a backup who could not read its source, and nobody writes to the folder of running backups.</summary>
[SupportedOSPlatform("windows")]
public sealed class WindowsRightsTests : IDisposable
{
    private static SecurityIdentifier Everyone => new(WellKnownSidType.WorldSid, null);

    private readonly TempFolder _folder = new();

    public WindowsRightsTests() => Assert.SkipUnless(OperatingSystem.IsWindows(), "it takes Windows' lists of rights");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_backup_is_readable_by_those_who_can_read_its_database(bool isEveryones)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["in/app.db"]);
        Give(database, isEveryones ? FileSystemRights.Read : null);
        GiveFolder(Directory.CreateDirectory(_folder["out"]).FullName, FileSystemRights.Read);
        bool? isPartialEveryones = null;
        var observer = new RecordingObserver(_ => isPartialEveryones ??= _folder.Files("out") is [string partial, ..] ? IsEveryones(_folder["out/" + partial]) : null);

        DatabaseBackup.Run(
            new BackupRequest { Database = database, Destination = _folder["out/copy.db"], WriteManifest = true }, observer, TestContext.Current.CancellationToken);

        Assert.Equal(["copy.db", "copy.db.json"], _folder.Files("out"));
        Assert.Equal(isEveryones, IsEveryones(_folder["out/copy.db"]));
        Assert.Equal(isEveryones, IsEveryones(_folder["out/copy.db.json"]));
        Assert.False(isPartialEveryones);
        BackupRun.AssertGood(_folder["out/copy.db"]);
    }

    [Fact]
    public void A_new_file_is_its_owners_and_gets_anothers_list()
    {
        string shared = _folder["private/shared"];
        string own = _folder["private/own"];
        WindowsRights.CreateFolder(_folder["private"]);
        File.WriteAllText(shared, "");
        Give(shared, FileSystemRights.Read);
        using (FileStream file = WindowsRights.Create(own, FileShare.None))
        {
            Assert.True(WindowsRights.HasLists(file.SafeFileHandle));
        }

        Assert.False(IsEveryones(own));
        WindowsRights.SetList(own, WindowsRights.ListOf(shared)!);
        Assert.True(IsEveryones(own));
        Give(shared, null);
        WindowsRights.SetList(own, WindowsRights.ListOf(shared)!);
        Assert.False(IsEveryones(own));
        Assert.Null(WindowsRights.ListOf(_folder["missing"]));
    }

    [Fact]
    public void The_folder_of_running_backups_is_made_for_this_user_alone_and_others_rights_are_taken_from_it()
    {
        GiveFolder(Directory.CreateDirectory(_folder["place"]).FullName, FileSystemRights.Modify);

        StateFolder.Ensure(_folder["place/made"]);
        Assert.True(StateFolder.IsThere(_folder["place/made"]));

        GiveFolder(Directory.CreateDirectory(_folder["open"]).FullName, FileSystemRights.Modify);
        Assert.Throws<IOException>(() => StateFolder.IsThere(_folder["open"]));
        StateFolder.Ensure(_folder["open"]);
        Assert.True(StateFolder.IsThere(_folder["open"]));
        Assert.False(WindowsRights.OthersWrite(_folder["open"]));
    }

    private static bool IsEveryones(string path) =>
        new FileInfo(path).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier))
            .Cast<FileSystemAccessRule>()
            .Any(rule => rule.AccessControlType == AccessControlType.Allow && rule.IdentityReference == Everyone);

    // To this user all, and to everybody what is named.
    private static void Give(string path, FileSystemRights? everyone)
    {
        var file = new FileInfo(path);
        FileSecurity security = new();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(User(), FileSystemRights.FullControl, AccessControlType.Allow));
        if (everyone is FileSystemRights rights)
        {
            security.AddAccessRule(new FileSystemAccessRule(Everyone, rights, AccessControlType.Allow));
        }

        file.SetAccessControl(security);
    }

    private static void GiveFolder(string path, FileSystemRights everyone)
    {
        const InheritanceFlags All = InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit;
        var folder = new DirectoryInfo(path);
        DirectorySecurity security = folder.GetAccessControl(AccessControlSections.Access);
        security.AddAccessRule(new FileSystemAccessRule(User(), FileSystemRights.FullControl, All, PropagationFlags.None, AccessControlType.Allow));
        security.AddAccessRule(new FileSystemAccessRule(Everyone, everyone, All, PropagationFlags.None, AccessControlType.Allow));
        folder.SetAccessControl(security);
    }

    private static SecurityIdentifier User()
    {
        using WindowsIdentity identity = WindowsIdentity.GetCurrent();
        return identity.User!;
    }
}
