namespace SqliteBackup.Repository.Snapshots;

/// <summary>The backups that a session knows of, newest first, and the newest of each database. Safe to use from several threads.</summary>
internal sealed class KnownSnapshots
{
    private readonly object _gate = new();
    private readonly List<RepositorySnapshot> _all;
    private readonly Dictionary<(string Host, string Database), RepositorySnapshot> _newest = [];

    /// <param name="all">Those that there are, newest first.</param>
    public KnownSnapshots(List<RepositorySnapshot> all)
    {
        _all = all;
        foreach (RepositorySnapshot snapshot in all)
        {
            _newest.TryAdd(KeyOf(snapshot), snapshot);
        }
    }

    /// <summary>All of them, as they are now.</summary>
    public IReadOnlyList<RepositorySnapshot> ToList()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }

    /// <summary>The newest backup of a database, or null.</summary>
    public RepositorySnapshot? Newest(string host, string database)
    {
        lock (_gate)
        {
            return _newest.GetValueOrDefault((host, database));
        }
    }

    public void Add(RepositorySnapshot snapshot)
    {
        lock (_gate)
        {
            int place = _all.FindIndex(other => other.TakenAt <= snapshot.TakenAt);
            _all.Insert(place < 0 ? _all.Count : place, snapshot);
            if (!_newest.TryGetValue(KeyOf(snapshot), out RepositorySnapshot? newest) || newest.TakenAt <= snapshot.TakenAt)
            {
                _newest[KeyOf(snapshot)] = snapshot;
            }
        }
    }

    public void Remove(RepositorySnapshot snapshot)
    {
        lock (_gate)
        {
            _all.RemoveAll(other => other.HashId == snapshot.HashId);
            if (_newest.TryGetValue(KeyOf(snapshot), out RepositorySnapshot? newest) && newest.HashId == snapshot.HashId)
            {
                _newest.Remove(KeyOf(snapshot));
                if (_all.Find(other => KeyOf(other) == KeyOf(snapshot)) is RepositorySnapshot next)
                {
                    _newest[KeyOf(snapshot)] = next;
                }
            }
        }
    }

    private static (string Host, string Database) KeyOf(RepositorySnapshot snapshot) => (snapshot.Host, snapshot.Database);
}
