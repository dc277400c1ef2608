using System.Runtime.Versioning;
using SqliteBackup.Platform;

namespace SqliteBackup.Registry;

/// <summary>
/// The folder in which this user's sessions leave word for each other: private to the user, at the platform's own place. Others may have
/// prepared what is there, so nothing in a folder is read, followed or removed before it was asked for its owner and its rights.
/// </summary>
internal static class StateFolder
{
    /// <summary>The environment variable that names another place.</summary>
    public const string Variable = "SQLITEBACKUP_STATE";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The full path of the place, which need not exist.</summary>
    public static string Current
    {
        get
        {
            string? chosen = Environment.GetEnvironmentVariable(Variable);
            return Path.GetFullPath(string.IsNullOrWhiteSpace(chosen) ? Platform() : chosen);
        }
    }

    /// <summary>Makes a folder in the place, and the place itself, where they are missing. A place that is there keeps its rights.</summary>
    /// <exception cref="IOException">The folder is somebody else's, or others could exchange it.</exception>
    public static void Ensure(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            EnsureOnWindows(folder);
            return;
        }

        if (FileStatus.OfEntry(folder) is null)
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }

        ThrowUnlessOwn(folder);
        if (FileStatus.OfEntry(folder)?.Mode != OwnerOnly)
        {
            File.SetUnixFileMode(folder, OwnerOnly);
        }
    }

    /// <summary>Whether there is a folder whose files are this user's alone.</summary>
    /// <returns>False where there is none.</returns>
    /// <exception cref="IOException">It is somebody else's, others may write to it, or others could exchange it.</exception>
    public static bool IsThere(string folder)
    {
        if (FileStatus.OfEntry(folder) is not FileStatus status)
        {
            return false;
        }

        ThrowUnlessOwn(folder);
        if (OperatingSystem.IsWindows() ? WindowsRights.OthersWrite(folder) : (status.Mode & FolderRights.OthersWrite) != 0)
        {
            throw new IOException(
                $"Others may write to '{folder}', so what is in it may be theirs. Take that right from it{(OperatingSystem.IsWindows() ? "" : " (chmod go-w)")}, or remove the folder.");
        }

        return true;
    }

    /// <summary>Whether a file in such a folder is one that this user made: no link, no pipe, nobody else's.</summary>
    public static bool IsOwnFile(string path) =>
        FileStatus.OfEntry(path) is { Kind: FileKind.Regular } status && (OperatingSystem.IsWindows() || status.Owner == PosixFiles.EffectiveUser());

    [SupportedOSPlatform("windows")]
    private static void EnsureOnWindows(string folder)
    {
        if (FileStatus.OfEntry(folder) is null)
        {
            WindowsRights.CreateFolder(folder);
        }

        ThrowUnlessOwn(folder);
        if (WindowsRights.OthersWrite(folder))
        {
            WindowsRights.MakeOwnerOnly(folder);
        }
    }

    private static void ThrowUnlessOwn(string folder)
    {
        if (FileStatus.OfEntry(folder) is not { Kind: FileKind.Folder } status
            || !(OperatingSystem.IsWindows() ? WindowsRights.IsOwn(folder) : status.Owner == PosixFiles.EffectiveUser()))
        {
            throw new IOException($"'{folder}' is no folder of this user's: it belongs to somebody else, or is a link. Set {Variable} to a folder of your own.");
        }

        if (!OperatingSystem.IsWindows() && FolderRights.FirstOpenAbove(folder) is string open)
        {
            throw new IOException($"Others could exchange '{folder}', as they may rename what is in '{open}'. Set {Variable} to a folder of your own.");
        }
    }

    private static string Platform()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Home(Environment.SpecialFolder.LocalApplicationData), "SqliteBackup");
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(Home(Environment.SpecialFolder.UserProfile), "Library", "Application Support", "SqliteBackup");
        }

        // A relative path there is invalid and to be ignored (https://specifications.freedesktop.org/basedir-spec/latest/).
        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is string state && Path.IsPathRooted(state)
            ? Path.Combine(state, "sqlitebackup")
            : Path.Combine(Home(Environment.SpecialFolder.UserProfile), ".local", "state", "sqlitebackup");
    }

    // A service may have no home at all; what it runs is then seen by those who share this folder with it.
    private static string Home(Environment.SpecialFolder folder)
    {
        string path = Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
        return path.Length > 0 ? path : Path.Combine(Path.GetTempPath(), $"sqlitebackup-{Environment.UserName}");
    }
}
