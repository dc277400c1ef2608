namespace SqliteBackup.Repository;

/// <summary>
/// A repository for as long as a command takes: its lock and its index are taken once, when something is first stored or read, and its
/// backups are found by their addresses.
/// </summary>
/// <param name="location">Its location, as its backups' addresses begin.</param>
/// <param name="repository">The repository; it ends with this.</param>
internal sealed class OpenRepository(string location, ResticRepository repository) : IDisposable
{
    private readonly object _gate = new();
    private RepositorySession? _session;
    private bool _isDisposed;

    /// <summary>The one session in it.</summary>
    public RepositorySession Session(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _session ??= repository.OpenSession(cancellationToken);
        }
    }

    /// <summary>The backups in it, without a lock where only a list is asked for.</summary>
    public IReadOnlyList<RepositorySnapshot> Snapshots(CancellationToken cancellationToken)
    {
        RepositorySession? session;
        lock (_gate)
        {
            session = _session;
        }

        return session?.Snapshots ?? repository.List(cancellationToken);
    }

    /// <summary>The backup at an address.</summary>
    /// <exception cref="SqliteBackupException">There is none, or the address is that of several.</exception>
    public RepositorySnapshot Require(string backup, CancellationToken cancellationToken) =>
        Find(backup, cancellationToken) ?? throw RepositoryErrors.SnapshotNotFound(location, backup);

    /// <summary>The backup at an address, or null.</summary>
    /// <exception cref="SqliteBackupException">The address is that of several.</exception>
    public RepositorySnapshot? Find(string backup, CancellationToken cancellationToken)
    {
        if (SnapshotLocation.IdIn(backup) is not string id)
        {
            return null;
        }

        RepositorySnapshot[] found = [.. Snapshots(cancellationToken).Where(snapshot => snapshot.IsCalled(id))];
        return found.Length <= 1 ? found.FirstOrDefault() : throw RepositoryErrors.SnapshotAmbiguous(location, id, found.Length);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _session?.Dispose();
            _session = null;
        }

        repository.Dispose();
    }
}
