using SqliteBackup.Platform;

namespace SqliteBackup.Registry;

/// <summary>
/// One process's time in the registry, from its first running backup to the last that ends: a file held with an exclusive lock, which the
/// kernel drops when the process dies, however it dies.
/// </summary>
internal sealed class RegistrySession : IDisposable
{
    private const int MaxTries = 5;

    private readonly FileStream _lock;

    private RegistrySession(string id, FileStream file)
    {
        Id = id;
        _lock = file;
    }

    public string Id { get; }

    public static RegistrySession Open(string folder)
    {
        for (int attempt = 1; ; attempt++)
        {
            string id = RegistryNames.NewSession();
            string path = Path.Combine(folder, id + RegistryNames.LockSuffix);
            FileStream? file = null;
            try
            {
                file = OwnerOnlyFile.Create(path, FileShare.None);

                // Somebody who looked between creation and lock took it for abandoned and removed it; nobody can now.
                if (File.Exists(path))
                {
                    return new RegistrySession(id, file);
                }

                file.Dispose();
            }
            catch (IOException) when (attempt < MaxTries && File.Exists(path))
            {
                // The same look, a little earlier: the lock was not to be had.
                file?.Dispose();
            }
        }
    }

    /// <summary>Whether the process whose lock file this is still has backups.</summary>
    public static bool IsAlive(string folder, string id)
    {
        try
        {
            string path = Path.Combine(folder, id + RegistryNames.LockSuffix);
            if (!StateFolder.IsOwnFile(path))
            {
                return false;
            }

            using FileStream? file = TryTakeOver(path);
            return file is null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Removes the lock file that a dead process left.</summary>
    public static void RemoveIfDead(string path)
    {
        try
        {
            using FileStream? file = TryTakeOver(path);
            if (file is not null)
            {
                PrivateFile.TryDelete(path);
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Somebody else removed it.
        }
    }

    public void Dispose()
    {
        // Removed while it is still locked, so that nobody can take a new session's file of this name for it.
        if (OperatingSystem.IsWindows())
        {
            _lock.Dispose();
            PrivateFile.TryDelete(_lock.Name);
        }
        else
        {
            PrivateFile.TryDelete(_lock.Name);
            _lock.Dispose();
        }
    }

    // Readers share the lock with each other, so that two who look at once do not take one another for the owner.
    private static FileStream? TryTakeOver(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception exception) when (
            exception is UnauthorizedAccessException || (exception is IOException and not FileNotFoundException and not DirectoryNotFoundException))
        {
            return null;
        }
    }
}
