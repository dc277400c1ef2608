using SqliteBackup.Platform;

namespace SqliteBackup.Storage;

/// <summary>A folder as a store: staged, flushed, and in place in one step.</summary>
public sealed class LocalStore : IBackupStore
{
    private readonly string _folder;

    /// <summary>Makes a store of a folder, which need not exist yet.</summary>
    /// <param name="folder">Its full path.</param>
    public LocalStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Location = Path.EndsInDirectorySeparator(_folder) ? _folder : _folder + Path.DirectorySeparatorChar;
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public StorePromises Promises => StorePromises.ExclusiveNames | StorePromises.AtomicReplace | StorePromises.Durable;

    /// <inheritdoc/>
    public StoredFile? Stat(string name, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        return FileErrors.Guard(path, BackupFailure.SourceOpenFailed, () => new FileInfo(path) is { Exists: true } file ? Describe(file) : null);
    }

    /// <inheritdoc/>
    public IEnumerable<StoredFile> List(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        var directory = new DirectoryInfo(folder.Length == 0 ? _folder : PathOf(folder[..^1]));
        return !directory.Exists
            ? []
            : FileErrors.Guard(directory.FullName, BackupFailure.SourceOpenFailed, () => Files(directory, recurse, cancellationToken))
                .Select(Describe)
                .Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public Stream OpenRead(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            throw new SqliteBackupException(BackupFailure.BackupNotFound, path, $"There is no '{path}'. Somebody may have removed it meanwhile.");
        }

        return FileErrors.Guard(path, BackupFailure.SourceOpenFailed, Stream () =>
        {
            FileStream file = RegularFile.OpenRead(path);
            file.Position = offset;
            return length is long bound ? new BoundedStream(file, bound) : file;
        });
    }

    /// <inheritdoc/>
    public StoredFile Put(string name, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        string path = PathOf(name);
        if (mode == PutMode.CreateNew && Path.Exists(path))
        {
            throw DestinationRules.Exists(path);
        }

        using StagedFile staged = StagedFile.Create(path);
        FileErrors.Guard(path, BackupFailure.BackupFailed, () =>
        {
            using var source = new HashingStream(content.OpenRead());
            using Stream target = staged.OpenStream();
            StreamCopy.Run(source, target, _ => cancellationToken.ThrowIfCancellationRequested());
            ThrowUnlessWhole(path, content, source);
            return source.Count;
        });
        staged.Publish(mode == PutMode.Replace, content.Rights);
        return Describe(new FileInfo(path));
    }

    /// <inheritdoc/>
    public void Delete(string name, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
        {
            if (Directory.Exists(Path.GetDirectoryName(path)))
            {
                File.Delete(path);
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public void SweepAbandoned(CancellationToken cancellationToken)
    {
        var root = new DirectoryInfo(_folder);
        if (root.Exists)
        {
            var folders = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
            foreach (DirectoryInfo folder in root.EnumerateDirectories("*", folders).Prepend(root))
            {
                cancellationToken.ThrowIfCancellationRequested();
                StagingName.SweepAbandoned(folder.FullName);
            }
        }
    }

    /// <summary>Nothing is held open.</summary>
    public void Dispose()
    {
    }

    private static void ThrowUnlessWhole(string path, StoreContent content, HashingStream source)
    {
        if (source.Count != content.Bytes || (content.Sha256 is string sha256 && sha256 != source.Sha256))
        {
            throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch, path, $"What was to be stored as '{path}' changed while it was read. Try again.");
        }
    }

    private static List<FileInfo> Files(DirectoryInfo folder, bool recurse, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = false, AttributesToSkip = 0 };
        List<FileInfo> files = [.. folder.EnumerateFiles("*", options).Where(file => !StagingName.Matches(file.Name))];
        if (recurse)
        {
            foreach (DirectoryInfo child in folder.EnumerateDirectories("*", options).Where(child => child.LinkTarget is null))
            {
                cancellationToken.ThrowIfCancellationRequested();
                files.AddRange(Files(child, recurse, cancellationToken));
            }
        }

        return files;
    }

    private string PathOf(string name)
    {
        StoreName.ThrowUnlessSound(name);
        return Path.Combine(_folder, OperatingSystem.IsWindows() ? name.Replace('/', '\\') : name);
    }

    private StoredFile Describe(FileInfo file) =>
        new(Path.GetRelativePath(_folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length, file.LastWriteTimeUtc);
}
