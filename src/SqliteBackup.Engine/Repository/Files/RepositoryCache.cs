using System.Security.Cryptography;

namespace SqliteBackup.Repository.Files;

/// <summary>
/// Indexes and snapshots as they are stored, sealed, in a local folder: what has its name from its content never has to be asked for twice.
/// It can be removed at any time. What can't be read or written there is read from the store.
/// </summary>
internal sealed class RepositoryCache(string folder)
{
    /// <summary>The bytes of a file, or null. Whoever gets them compares them with the name.</summary>
    public byte[]? Find(RepositoryFileKind kind, HashId id)
    {
        try
        {
            string path = PathOf(kind, id);
            return IsCached(kind) && File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps the bytes of a file.</summary>
    public void Keep(RepositoryFileKind kind, HashId id, ReadOnlySpan<byte> bytes)
    {
        if (!IsCached(kind))
        {
            return;
        }

        try
        {
            string path = PathOf(kind, id);
            CreateFolder(Path.GetDirectoryName(path)!);
            string unfinished = $"{path}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(bytes);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The store has it.
        }
    }

    /// <summary>Removes what the store no longer has.</summary>
    public void KeepOnly(RepositoryFileKind kind, IReadOnlySet<HashId> ids)
    {
        string kindFolder = Path.Combine(folder, kind.Folder());
        if (!IsCached(kind) || !Directory.Exists(kindFolder))
        {
            return;
        }

        try
        {
            foreach (string path in Directory.EnumerateFiles(kindFolder))
            {
                if (!HashId.TryParse(Path.GetFileName(path), out HashId id) || !ids.Contains(id))
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another run may be at it. It is only a cache.
        }
    }

    private static bool IsCached(RepositoryFileKind kind) => kind is RepositoryFileKind.Index or RepositoryFileKind.Snapshot;

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string PathOf(RepositoryFileKind kind, HashId id) => Path.Combine(folder, kind.Folder(), id.ToString());
}
