using SqliteBackup.Backup;
using SqliteBackup.Catalog;

namespace SqliteBackup.Running;

/// <summary>
/// The backups of a command whose destination is a file. Whether another database leads to the same one is known only when all were given,
/// so none begins before.
/// </summary>
internal sealed class FileBackups
{
    private readonly List<BackupRequest> _requests = [];

    public void Add(BackupRequest request) => _requests.Add(request);

    /// <summary>Each database with its backup, or with why it has none.</summary>
    public IEnumerable<(BackupRequest Request, SqliteBackupException? Conflict)> Decide() =>
        from file in _requests.GroupBy(request => BackupDestinations.KeyOf(request.Destination), StringComparer.Ordinal)
        let databases = file.DistinctBy(request => request.Database, StringComparer.Ordinal).ToArray()
        from request in databases
        select (request, databases.Length == 1 ? null : new SqliteBackupException(
            BackupFailure.DestinationExists,
            request.Destination,
            $"'{request.Database}' was not backed up: {databases.Length} databases would be written to the one file '{request.Destination}'. Give each its own destination, or name a folder: end it with '/'."));
}
