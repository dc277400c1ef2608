using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Copying;

/// <summary>
/// Exactly one <c>sqlite3_backup</c> (https://sqlite.org/c3ref/backup_finish.html). Not safe for use by two threads: not even
/// <see cref="Remaining"/> may be read while another thread steps.
/// </summary>
internal sealed class OnlineBackup : IDisposable
{
    private readonly sqlite3 _destination;
    private readonly string _destinationPath;
    private readonly string _sourcePath;
    private sqlite3_backup? _backup;

    /// <summary>Ties a source to a destination.</summary>
    /// <exception cref="SqliteBackupException">SQLite refused; the destination connection says why.</exception>
    public OnlineBackup(sqlite3 destination, string destinationPath, sqlite3 source, string sourcePath)
    {
        _destination = destination;
        _destinationPath = destinationPath;
        _sourcePath = sourcePath;
        _backup = raw.sqlite3_backup_init(destination, "main", source, "main");
        if (_backup is null || _backup.IsInvalid)
        {
            throw SqliteErrors.Failed(
                destination, raw.sqlite3_extended_errcode(destination), BackupFailure.BackupFailed, destinationPath);
        }
    }

    /// <summary>Pages still to copy as of the last step; 0 before the first.</summary>
    public int Remaining { get; private set; }

    /// <summary>Pages in the source as of the last step; 0 before the first.</summary>
    public int PageCount { get; private set; }

    /// <summary>Copies pages.</summary>
    /// <param name="pages">How many, or a negative number for all that remain.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="SqliteBackupException">Any answer that can't be retried.</exception>
    public StepResult Step(int pages)
    {
        sqlite3_backup backup = _backup ?? throw new ObjectDisposedException(nameof(OnlineBackup));
        int code = raw.sqlite3_backup_step(backup, pages);
        Remaining = raw.sqlite3_backup_remaining(backup);
        PageCount = raw.sqlite3_backup_pagecount(backup);
        return (code & 0xFF) switch
        {
            raw.SQLITE_OK => StepResult.More,
            raw.SQLITE_DONE => StepResult.Done,
            raw.SQLITE_BUSY => StepResult.Busy,
            raw.SQLITE_LOCKED => StepResult.Locked,
            _ => throw StepFailed(code),
        };
    }

    /// <summary>Ends the backup after its last step.</summary>
    /// <exception cref="SqliteBackupException">SQLite reports that the copy did not come to a good end.</exception>
    public void Finish()
    {
        sqlite3_backup backup = _backup ?? throw new ObjectDisposedException(nameof(OnlineBackup));
        _backup = null;
        SqliteErrors.Check(raw.sqlite3_backup_finish(backup), _destination, BackupFailure.BackupFailed, _destinationPath);
    }

    /// <summary>Abandons the backup where it was not finished. The code of that is the one that its last step threw.</summary>
    public void Dispose()
    {
        if (_backup is sqlite3_backup backup)
        {
            _backup = null;
            _ = raw.sqlite3_backup_finish(backup);
        }
    }

    // The step's code is the backup's own; the destination connection only learns of it at finish, which says it in words.
    private SqliteBackupException StepFailed(int code)
    {
        Dispose();
        bool ofSource = (code & 0xFF) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CANTOPEN => true,
            raw.SQLITE_IOERR => code is (raw.SQLITE_IOERR | (1 << 8)) or (raw.SQLITE_IOERR | (2 << 8)),
            _ => false,
        };
        return SqliteErrors.Failed(_destination, code, BackupFailure.BackupFailed, ofSource ? _sourcePath : _destinationPath);
    }
}
