using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;

namespace SqliteBackup.Restore;

/// <summary>
/// A backup that was found good, held so that it stays what was checked: a plain file under a reader's lock, or a private copy of what
/// was compressed or needed recovery.
/// </summary>
internal sealed class VerifiedBackup : IDisposable
{
    private readonly string _backup;
    private readonly FileStatus? _status;
    private RawDatabaseFile? _file;

    /// <param name="backup">The backup's path.</param>
    /// <param name="status">What it looked like before it was checked.</param>
    /// <param name="staged">The private copy of it, or null where it is read itself.</param>
    /// <param name="file">The file that is read.</param>
    public VerifiedBackup(string backup, FileStatus? status, StagedFile? staged, RawDatabaseFile file)
    {
        _backup = backup;
        _status = status;
        Staged = staged;
        _file = file;
        Header = file.ReadHeader();
    }

    /// <summary>The private copy, or null where the backup is read itself.</summary>
    public StagedFile? Staged { get; }

    /// <summary>The file to read.</summary>
    public string Path => Staged?.Path ?? _backup;

    /// <summary>Its connection, which reads without locks of its own.</summary>
    public sqlite3 Handle => File.Connection.Handle!;

    public RawDatabaseFile File => _file ?? throw new ObjectDisposedException(nameof(VerifiedBackup));

    public DatabaseHeader Header { get; }

    /// <summary>Throws where the backup is no longer the file that was checked.</summary>
    public void ThrowIfChanged()
    {
        if (Staged is null && FileStatus.Of(_backup) != _status)
        {
            throw new SqliteBackupException(
                BackupFailure.RestoreFailed, _backup, $"'{_backup}' changed while it was restored. The restore was undone. Try again when nothing writes to the backup.");
        }
    }

    /// <summary>Closes the file, so that the private copy can be given its name.</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose()
    {
        Close();
        Staged?.Dispose();
    }
}
