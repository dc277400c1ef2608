using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>
/// Opens what a test of a backup reads so that its folder is not touched: a database at rest without locks or sidecars, any other as a backup's source,
/// and what has to be unpacked or recovered in a private folder elsewhere.
/// </summary>
internal sealed class ReadableBackup : IDisposable
{
    private readonly LockWaiter _busy;
    private readonly string _stagingFolder;
    private WorkFolder? _workFolder;
    private StagedFile? _unpacked;
    private BackupSource? _source;

    public ReadableBackup(string path, TimeSpan busyTimeout, string? stagingFolder, CancellationToken cancellationToken)
    {
        _busy = OperationContext.Reading(path, busyTimeout, cancellationToken).WaiterFor(path);
        _stagingFolder = stagingFolder ?? Path.GetTempPath();
    }

    /// <summary>Decrypts and decompresses a backup.</summary>
    /// <exception cref="SqliteBackupException">See <see cref="BackupReader.Extract"/>.</exception>
    public BackupSource OpenEncoded(BackupReader reader, CancellationToken cancellationToken)
    {
        StagedFile unpacked = _unpacked = Stage();
        StagingRoom.Guard(_stagingFolder, reader.Path, () =>
        {
            reader.Extract(unpacked, isForKeeps: false, _ => cancellationToken.ThrowIfCancellationRequested());
            return unpacked;
        });
        return _source = OpenAtRest(_unpacked.Path, _unpacked.Length, isPrivate: true, shownAs: reader.Path)!;
    }

    /// <summary>Opens a database, in use or not.</summary>
    /// <exception cref="SqliteBackupException">It is missing, no database, locked for too long, or can't be read.</exception>
    public BackupSource Open(string path) =>
        _source = (FileStatus.Of(path) is { Size: >= DatabaseHeader.Length } status && !Directory.Exists(path) ? OpenAtRest(path, status.Size, isPrivate: false) : null)
            ?? new SourceOpener(path, _busy, Stage).Open();

    public void Dispose()
    {
        _source?.Dispose();
        _unpacked?.Dispose();
        _workFolder?.Dispose();
    }

    // A database in WAL mode that nobody has open has no sidecars. Opened the ordinary way, it would get some for as long as it is read.
    private static FrozenSource? OpenAtRest(string path, long size, bool isPrivate, string? shownAs = null)
    {
        RawDatabaseFile file = RawDatabaseFile.Open(path);
        try
        {
            DatabaseHeader header = file.ReadHeader();
            HeaderCheck.ThrowUnlessDatabase(shownAs ?? path, header, size, () =>
            {
                byte[] beginning = new byte[1024];
                _ = file.Read(0, beginning);
                return beginning;
            });
            SidecarStatus files = SidecarStatus.Of(file.RealPath);
            if (isPrivate || (header.IsWal && files is { Wal: null, SharedMemory: null, Journal: null }))
            {
                return new FrozenSource(file.RealPath, file, files);
            }

            file.Dispose();
            return null;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private StagedFile Stage()
    {
        _workFolder ??= WorkFolder.Create(_stagingFolder);
        return StagedFile.Create(Path.Combine(_workFolder.Path, "database"));
    }
}
