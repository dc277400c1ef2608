namespace SqliteBackup.Platform;

/// <summary>This user's folder for what can be had again, at the platform's own place.</summary>
internal static class CacheFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A folder in it, made where it is missing.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its full path, or null where there is none whose files are this user's alone: what others could have put there is no cache.</returns>
    public static string? TryMake(string name)
    {
        try
        {
            string folder = Path.Combine(Place(), name);
            if (OperatingSystem.IsWindows())
            {
                return Directory.CreateDirectory(folder).FullName;
            }

            Directory.CreateDirectory(folder, OwnerOnly);
            return FileStatus.OfEntry(folder) is { Kind: FileKind.Folder } status
                && status.Owner == PosixFiles.EffectiveUser()
                && (status.Mode & FolderRights.OthersWrite) == 0
                && FolderRights.FirstOpenAbove(folder) is null
                    ? folder
                    : null;
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception) || exception is ArgumentException)
        {
            // Without a home, or where it can't be written.
            return null;
        }
    }

    private static string Place()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "SqliteBackup", "cache");
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Caches", "SqliteBackup");
        }

        // A relative path there is invalid and to be ignored (https://specifications.freedesktop.org/basedir-spec/latest/).
        return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is string cache && Path.IsPathRooted(cache)
            ? Path.Combine(cache, "sqlitebackup")
            : Path.Combine(home, ".cache", "sqlitebackup");
    }
}
