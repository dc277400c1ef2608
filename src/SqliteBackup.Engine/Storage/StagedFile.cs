using Microsoft.Win32.SafeHandles;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Storage;

/// <summary>
/// A file in the making, under the name <c>&lt;name&gt;.partial-&lt;id&gt;</c> in the folder where it will stand. It gets its real name
/// only complete and flushed, in one step; until then it is readable by its owner only, and it goes away unless it is published.
/// </summary>
internal sealed class StagedFile : IDisposable
{
    private const int MaxTries = 5;

    private string _destination;
    private readonly List<string> _madeFolders;

    // Held open until it has its name, with the exclusive lock that .NET takes for FileShare.None; on Windows to be open is lock enough. While it
    // is, no other run takes the file for abandoned. SQLite takes no locks of its own on this file: some systems take them for the same kind.
    private FileStream? _file;
    private FlushBehind? _flush;
    private bool _published;

    private StagedFile(string destination, string path, FileStream file, List<string> madeFolders)
    {
        _destination = destination;
        Path = path;
        _file = file;
        _madeFolders = madeFolders;
    }

    /// <summary>The file's full path while it is in the making.</summary>
    public string Path { get; }

    /// <summary>The file itself. Only while SQLite does not have it open.</summary>
    internal SafeFileHandle Handle => _file?.SafeFileHandle ?? throw new ObjectDisposedException(nameof(StagedFile));

    /// <summary>Creates the file, and its folder where that is missing.</summary>
    /// <param name="destination">The full path of the file to be.</param>
    /// <exception cref="SqliteBackupException">The folder can't be made or written, or is full.</exception>
    public static StagedFile Create(string destination)
    {
        DestinationRules.ThrowUnlessReplaceable(destination);
        string folder = System.IO.Path.GetDirectoryName(destination)!;
        List<string> made = FileErrors.Guard(destination, BackupFailure.DestinationOpenFailed, () => MakeFolder(folder));
        for (int attempt = 1; ; attempt++)
        {
            string path = StagingName.For(destination);
            try
            {
                FileStream file = OpenExclusively(path);
                if (File.Exists(path))
                {
                    return new StagedFile(destination, path, file, made);
                }

                // Another run's sweep looked at the file in the instant between its creation and its lock, and removed it.
                file.Dispose();
            }
            catch (IOException) when (attempt < MaxTries && Directory.Exists(folder))
            {
                // The same sweep has the lock at this instant, and the file goes. Another is made.
            }
            catch (Exception exception) when (FileErrors.IsFileError(exception))
            {
                RemoveFolders(made);
                throw FileErrors.Translate(exception, destination, BackupFailure.DestinationOpenFailed);
            }
        }
    }

    /// <summary>Bytes.</summary>
    public long Length => RandomAccess.GetLength(Handle);

    /// <summary>Whether it is so small that no other thread is worth its start for what is done with it.</summary>
    public bool IsSmall => Length <= FlushBehind.SmallBytes;

    /// <summary>A stream over the file's own handle, for reading or writing. Only while SQLite does not write to the file.</summary>
    public Stream OpenStream() => new HandleStream(Handle);

    /// <summary>Writes bytes at an offset. Only while SQLite does not have the file open.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, offset);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.Translate(exception, Path, BackupFailure.BackupFailed);
        }
    }

    /// <summary>Creates a sidecar beside the file, as private as the file and gone with it.</summary>
    public void CreateSidecar(string suffix, Stream content, Action betweenChunks)
    {
        string path = Path + suffix;
        try
        {
            using FileStream file = OpenExclusively(path);
            byte[] buffer = new byte[1 << 20];
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                betweenChunks();
                file.Write(buffer.AsSpan(0, read));
            }
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.Translate(exception, path, BackupFailure.BackupFailed);
        }
    }

    /// <summary>
    /// Makes the copy of a WAL database one that needs no WAL: the two version bytes of its header are all that tells them apart
    /// (https://sqlite.org/fileformat2.html#file_format_version_numbers). Only while SQLite does not have the file open.
    /// </summary>
    public void SetRollbackJournalMode() =>
        Write(DatabaseHeader.VersionsOffset, [DatabaseHeader.RollbackVersion, DatabaseHeader.RollbackVersion]);

    /// <summary>Begins to flush the file while it is written, so that publishing it has less to wait for.</summary>
    public void BeginFlush() => _flush ??= new FlushBehind(Handle, Path);

    /// <summary>Flushes the rest beside what is done with the file next. Nothing is written to it from now on.</summary>
    public void FlushRest() => _flush?.FlushRest();

    /// <summary>Changes the name that the file will get, in the folder where it is.</summary>
    public void Rename(string destination) => _destination = destination;

    /// <summary>Waits until every byte of the file is on the disk.</summary>
    /// <exception cref="SqliteBackupException">The system did not take them; the file at the name is untouched.</exception>
    public void Flush() => FileErrors.Guard(_destination, BackupFailure.BackupFailed, () =>
    {
        BeginFlush();
        _flush!.Wait();
    });

    /// <summary>Flushes the file, gives it its name and its rights, and flushes the folder.</summary>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="rights">The rights to give it.</param>
    /// <param name="flushFolder">Whether its name is to survive a loss of power. Where not, somebody flushes the folder after this.</param>
    /// <exception cref="SqliteBackupException">
    /// The name is taken, or the flush or the rename failed: the file at the name is untouched, unless
    /// <see cref="SqliteBackupException.FileStands"/> says otherwise.
    /// </exception>
    public void Publish(bool overwrite, FileRights rights, bool flushFolder = true)
    {
        Flush();
        try
        {
            // Still open: that keeps other runs' sweeps from it until it has its name.
            if (overwrite)
            {
                FileRename.Replace(Path, _destination);
            }
            else if (!FileRename.TryTakeName(Path, _destination))
            {
                throw DestinationRules.Exists(_destination);
            }

            _published = true;
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.Translate(exception, _destination, BackupFailure.BackupFailed);
        }

        SetRights(rights);
        CloseHandle();
        if (flushFolder)
        {
            FlushFolder();
        }
    }

    /// <summary>Flushes the names in the file's folder. On Windows there is nothing to flush.</summary>
    /// <exception cref="SqliteBackupException">It can't be flushed. The file stands all the same.</exception>
    public void FlushFolder()
    {
        try
        {
            FileFlush.Folder(System.IO.Path.GetDirectoryName(_destination)!);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw Stands(
                exception,
                $"'{_destination}' is complete and has its name, but its folder could not be flushed to the disk ({exception.Message}). After a loss of power the name may lead to what was there before, or to nothing. Check the disk, then run the command again.");
        }
    }

    /// <summary>Keeps the file, flushed and still its owner's alone, as <c>&lt;name&gt;.failed-&lt;id&gt;</c>.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="SqliteBackupException">It can't be flushed or renamed.</exception>
    public string KeepAside() => FileErrors.Guard(Path, BackupFailure.BackupFailed, () =>
    {
        string path = StagingName.ForFailed(_destination);
        FileFlush.File(Handle, Path);
        if (!FileRename.TryTakeName(Path, path))
        {
            throw DestinationRules.Exists(path);
        }

        _published = true;
        CloseHandle();
        return path;
    });

    /// <summary>Removes the file, its sidecars, and folders made for it that are empty, unless it was published.</summary>
    public void Dispose()
    {
        CloseHandle();
        foreach (string suffix in Sidecars.Suffixes)
        {
            FileErrors.TryDelete(Path + suffix);
        }

        if (!_published)
        {
            FileErrors.TryDelete(Path);
            RemoveFolders(_madeFolders);
        }
    }

    // On Windows SQLite must be able to open it, too, and to share its deletion is what lets it be renamed while it is open.
    private static FileStream OpenExclusively(string path) =>
        OwnerOnlyFile.Create(path, OperatingSystem.IsWindows() ? FileShare.ReadWrite | FileShare.Delete : FileShare.None);

    private static List<string> MakeFolder(string folder)
    {
        var missing = new List<string>();
        for (string? ancestor = folder; ancestor is not null && !Directory.Exists(ancestor); ancestor = System.IO.Path.GetDirectoryName(ancestor))
        {
            if (File.Exists(ancestor))
            {
                throw new IOException($"'{ancestor}' is a file, not a folder.");
            }

            missing.Add(ancestor);
        }

        Directory.CreateDirectory(folder);
        return missing;
    }

    // Deepest first; one that others put something into meanwhile stays.
    private static void RemoveFolders(List<string> folders)
    {
        foreach (string folder in folders)
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (Exception exception) when (FileErrors.IsFileError(exception))
            {
                return;
            }
        }
    }

    // Not before the file has its name: a process that is killed must not leave a partial one that others can read.
    private void SetRights(FileRights rights)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Handle, rights.Mode);
            }
            else if (rights.List is not null && WindowsRights.HasLists(Handle))
            {
                WindowsRights.SetList(_destination, rights.List);
            }
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw Stands(
                exception,
                $"'{_destination}' is complete and has its name, but its rights could not be set ({exception.Message}): only its owner can read it. Set them as you need them.");
        }
    }

    private SqliteBackupException Stands(Exception exception, string message) =>
        new(BackupFailure.BackupFailed, _destination, message, innerException: exception) { FileStands = true };

    private void CloseHandle()
    {
        _flush?.Dispose();
        _flush = null;
        _file?.Dispose();
        _file = null;
    }
}
