using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>
/// Windows' lists of who may do what with a file (https://learn.microsoft.com/windows/win32/secauthz/access-control-lists). The folders above a
/// file keep nobody from it there, as everybody may pass through them by default; so its own list says all.
/// </summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsRights
{
    private const FileSystemRights Change = FileSystemRights.WriteData | FileSystemRights.AppendData | FileSystemRights.Delete
        | FileSystemRights.DeleteSubdirectoriesAndFiles | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership;

    // Who can read and change everything anyway, as root can elsewhere.
    private static readonly SecurityIdentifier[] Administration =
        [new(WellKnownSidType.LocalSystemSid, null), new(WellKnownSidType.BuiltinAdministratorsSid, null)];

    /// <summary>Creates a file that this user and the administrators alone can open, whatever its folder gives to others.</summary>
    /// <exception cref="IOException">There is something of that name, or it can't be created.</exception>
    public static FileStream Create(string path, FileShare share) =>
        new FileInfo(path).Create(FileMode.CreateNew, FileSystemRights.Read | FileSystemRights.Write, share, 1, FileOptions.None, OwnerOnly(new FileSecurity(), InheritanceFlags.None));

    /// <summary>Creates a folder that this user and the administrators alone can enter, and what is made in it, too.</summary>
    public static void CreateFolder(string path)
    {
        if (Path.GetDirectoryName(path) is string parent)
        {
            Directory.CreateDirectory(parent);
        }

        new DirectoryInfo(path).Create(OwnerOnlyFolder());
    }

    /// <summary>Makes a folder that is there this user's and the administrators' alone.</summary>
    /// <exception cref="IOException">It can't be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be changed.</exception>
    public static void MakeOwnerOnly(string folder) => Guard(folder, () => new DirectoryInfo(folder).SetAccessControl(OwnerOnlyFolder()));

    /// <summary>
    /// A file's list, in which this user and the administrators may do all: who may only read a database must be able to remove its backups. Null
    /// where it can't be told.
    /// </summary>
    public static byte[]? ListOf(string path)
    {
        try
        {
            // What it inherits becomes its own: where a copy goes, other things are inherited.
            FileSecurity security = new FileInfo(path).GetAccessControl(AccessControlSections.Access);
            security.SetAccessRuleProtection(isProtected: true, preserveInheritance: true);
            AddOwners(security, InheritanceFlags.None);
            return security.GetSecurityDescriptorBinaryForm();
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception) || exception is InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Gives a file a list.</summary>
    /// <exception cref="IOException">It can't be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be changed.</exception>
    public static void SetList(string path, byte[] list)
    {
        var security = new FileSecurity();
        security.SetSecurityDescriptorBinaryForm(list, AccessControlSections.Access);
        Guard(path, () => new FileInfo(path).SetAccessControl(security));
    }

    /// <summary>Whether a file lies where files have lists: FAT has none, and whoever has such a disk reads it.</summary>
    public static bool HasLists(SafeFileHandle file)
    {
        const int PersistentLists = 8;
        return !GetVolumeInformation(file, 0, 0, 0, 0, out int flags, 0, 0) || (flags & PersistentLists) != 0;
    }

    /// <summary>Whether a folder is this user's or the administrators'.</summary>
    /// <exception cref="IOException">It can't be told.</exception>
    public static bool IsOwn(string folder)
    {
        bool isOwn = false;
        Guard(folder, () => isOwn = new DirectoryInfo(folder).GetAccessControl(AccessControlSections.Owner).GetOwner(typeof(SecurityIdentifier)) is SecurityIdentifier owner && IsTrusted(owner));
        return isOwn;
    }

    /// <summary>Whether anybody else may put something into a folder, remove something from it or change its list.</summary>
    /// <exception cref="IOException">It can't be told.</exception>
    public static bool OthersWrite(string folder)
    {
        bool othersWrite = true;
        Guard(folder, () => othersWrite = new DirectoryInfo(folder).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier))
            .Cast<FileSystemAccessRule>()
            .Any(rule => rule.AccessControlType == AccessControlType.Allow
                && !rule.PropagationFlags.HasFlag(PropagationFlags.InheritOnly)
                && (rule.FileSystemRights & Change) != 0
                && !IsTrusted((SecurityIdentifier)rule.IdentityReference)));
        return othersWrite;
    }

    // .NET throws it for each number of Windows that it has no exception for, as a server without lists may answer.
    private static void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (InvalidOperationException exception)
        {
            throw new IOException($"'{path}': {exception.Message}", exception);
        }
    }

    private static DirectorySecurity OwnerOnlyFolder() =>
        OwnerOnly(new DirectorySecurity(), InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit);

    private static T OwnerOnly<T>(T security, InheritanceFlags inheritance)
        where T : FileSystemSecurity
    {
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        AddOwners(security, inheritance);
        return security;
    }

    private static void AddOwners(FileSystemSecurity security, InheritanceFlags inheritance)
    {
        foreach (SecurityIdentifier who in Administration.Append(User()))
        {
            security.AddAccessRule(new FileSystemAccessRule(who, FileSystemRights.FullControl, inheritance, PropagationFlags.None, AccessControlType.Allow));
        }
    }

    private static bool IsTrusted(SecurityIdentifier who) =>
        who == User() || Array.IndexOf(Administration, who) >= 0 || who.IsWellKnown(WellKnownSidType.CreatorOwnerSid);

    private static SecurityIdentifier User()
    {
        using WindowsIdentity identity = WindowsIdentity.GetCurrent();
        return identity.User!;
    }

    [LibraryImport("kernel32", EntryPoint = "GetVolumeInformationByHandleW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetVolumeInformation(
        SafeFileHandle file, nint name, int nameSize, nint serial, nint maxName, out int flags, nint system, int systemSize);
}
