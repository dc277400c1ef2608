using SqliteBackup.Platform;

namespace SqliteBackup.Storage;

/// <summary>
/// A private folder for files that are only read for a while. It goes with its owner; one that a killed run left is swept by the next run that
/// makes one in the same place.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "sqlitebackup-work-";
    private const string LockName = "lock";
    private const int MaxAttempts = 10;

    private readonly FileStream _lock;

    private WorkFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Makes one.</summary>
    /// <param name="parent">The folder that it is made in, or null for the system's folder of temporary files.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationOpenFailed"/>: it can't be made.</exception>
    public static WorkFolder Create(string? parent = null)
    {
        string place = parent ?? System.IO.Path.GetTempPath();
        return FileErrors.Guard(place, BackupFailure.DestinationOpenFailed, () =>
        {
            Directory.CreateDirectory(place);
            Sweep(place);
            for (int attempt = 1; ; attempt++)
            {
                if (TryCreate(System.IO.Path.Combine(place, Prefix + System.IO.Path.GetRandomFileName()), attempt == MaxAttempts) is WorkFolder made)
                {
                    return made;
                }
            }
        });
    }

    // A file is there a moment before it is locked. Another run's sweep that comes between takes the folder for one that was left.
    private static WorkFolder? TryCreate(string path, bool isLast)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsRights.CreateFolder(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string name = System.IO.Path.Combine(path, LockName);
        try
        {
            FileStream held = OwnerOnlyFile.Create(name, FileShare.None);
            if (isLast || File.Exists(name))
            {
                return new WorkFolder(path, held);
            }

            held.Dispose();
        }
        catch (Exception exception) when (!isLast && FileErrors.IsFileError(exception))
        {
            // Most likely a sweep was quicker. What has another reason is thrown by the last attempt.
            TryDelete(path);
        }

        return null;
    }

    /// <summary>Removes it with all that is in it.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            _lock.Dispose();
        }

        // Elsewhere it stays locked until it is gone: another run's sweep keeps off.
        TryDelete(Path);
        _lock.Dispose();
    }

    // What can't be removed is another user's, or in use.
    private static void Sweep(string place)
    {
        foreach (string folder in Directory.EnumerateDirectories(place, Prefix + "*"))
        {
            if (FileStatus.OfEntry(folder) is not { Kind: FileKind.Folder } status
                || (!OperatingSystem.IsWindows() && status.Owner != PosixFiles.EffectiveUser()))
            {
                continue;
            }

            try
            {
                using (File.OpenHandle(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    if (!OperatingSystem.IsWindows())
                    {
                        TryDelete(folder);
                        continue;
                    }
                }

                TryDelete(folder);
            }
            catch (Exception exception) when (FileErrors.IsFileError(exception))
            {
                // Its run still works in it, or has just begun to make it.
            }
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            // The next run sweeps it.
        }
    }
}
