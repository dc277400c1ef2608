using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>A backup as a file that can be read: where it stands, or a private copy of one that stands off this machine.</summary>
public sealed class FetchedBackup : IDisposable
{
    private readonly IDisposable? _copy;

    internal FetchedBackup(string backup, string path, IDisposable? copy = null, StoredFile? stored = null)
    {
        Backup = backup;
        Path = path;
        Stored = stored;
        _copy = copy;
    }

    /// <summary>The backup's full path or location.</summary>
    public string Backup { get; }

    /// <summary>The full path of the file to read.</summary>
    public string Path { get; }

    /// <summary>What the store said of the file that was downloaded; null for one of this machine.</summary>
    internal StoredFile? Stored { get; }

    /// <summary>What the file was when a test read it; null before.</summary>
    internal FileStatus? Read { get; set; }

    /// <summary>A text about the file as one about the backup: nobody knows the name of a private copy.</summary>
    public string Name(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _copy is null ? text : text.Replace(Path, Backup, StringComparison.Ordinal);
    }

    /// <summary>An exception about the file as one about the backup.</summary>
    public SqliteBackupException Name(SqliteBackupException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return _copy is null
            ? exception
            : new SqliteBackupException(
                exception.Failure,
                exception.Path == Path ? Backup : exception.Path,
                Name(exception.Message),
                exception.SqliteExtendedErrorCode,
                exception) { FileStands = exception.FileStands };
    }

    /// <summary>Removes a private copy.</summary>
    public void Dispose() => _copy?.Dispose();
}
