using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Catalog;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Reading;
using SqliteBackup.Repository.Snapshots;
using SqliteBackup.Repository.Writing;

namespace SqliteBackup.Repository;

/// <summary>
/// Work with the backups in a repository under one shared lock, with one index in memory: of one database or of a whole fleet. Small databases
/// share packs; a backup stands when its task has ended, at the latest with the next <see cref="Flush"/>, and some seconds after it was stored.
/// Safe to use from several threads.
/// </summary>
public sealed class RepositorySession : IDisposable
{
    // So many snapshots are written at once: what counts is how long a store takes to answer.
    private const int Writers = 8;

    // Readers wait for the store more than for a processor.
    private const int MinReaders = 4;

    private readonly ResticRepository _repository;
    private readonly RepositoryLock _lock;
    private readonly KnownSnapshots _snapshots;
    private readonly PackWriter _packs;
    private readonly ExtentWriter _extents;
    private readonly SnapshotReader _reader;
    private readonly PendingSnapshots _pending = new();
    private readonly Timer _delay;

    private RepositorySession(ResticRepository repository, RepositoryLock held, SnapshotList snapshots, BlobIndex index)
    {
        _repository = repository;
        _lock = held;
        _snapshots = new KnownSnapshots(snapshots.Ours());
        _packs = new PackWriter(repository.Files, index, held.Lost);
        _extents = new ExtentWriter(repository.Files, _packs, repository.Options.ThrottleLimit);
        _reader = new SnapshotReader(repository.Files, new BlobReader(repository.Files, index, Math.Max(MinReaders, repository.Options.ThrottleLimit)));
        _delay = new Timer(_ => FlushDelayed());
    }

    /// <summary>The repository.</summary>
    public ResticRepository Repository => _repository;

    /// <summary>The backups of databases, newest first: those that stood when the session began, and its own. Others' snapshots are left out.</summary>
    public IReadOnlyList<RepositorySnapshot> Snapshots => _snapshots.ToList();

    /// <summary>The newest backup of a database, or null.</summary>
    public RepositorySnapshot? Newest(string host, string database) => _snapshots.Newest(host, database);

    /// <summary>
    /// Stores a copy of a database: its new extents, and those only. Returns when all its bytes are taken; the task ends when the backup
    /// stands, or with the error that kept it from that.
    /// </summary>
    /// <param name="content">The copy.</param>
    /// <param name="cancellationToken">Ends it. What was stored already is used by the next backup, or pruned.</param>
    /// <exception cref="SqliteBackupException">The copy can't be read, or the repository not be written.</exception>
    public Task<StoredBackup> Store(BackupContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Guard(token =>
        {
            RepositorySnapshot? parent = Newest(content.Host, content.Database);
            int extentBytes = ExtentSize.For(content.Bytes, content.PageSize, parent?.ExtentBytes, _repository.Options.LargeBytes);
            ExtentList extents = _extents.Write(content, extentBytes, token);
            bool unchanged = extents.Added == 0 && parent is not null && IsContent(parent, extents, token);
            (HashId tree, long treeBytes) = unchanged ? (parent!.File.Tree, 0) : WriteTree(content, extents);
            long added = extents.AddedBytes + treeBytes;
            SnapshotFile file = Describe(content.Host, content.Database, content.TakenAt, content.Manifest, content.Tags, extentBytes, parent, tree) with { BytesAdded = added };
            StoredBackup Result(RepositorySnapshot snapshot) => new(snapshot, added, extents.Ids.Length, extents.Added, unchanged);

            // All that an unchanged one needs is stored already.
            return unchanged ? Task.FromResult(Result(Write(file, token))) : Wait(file, Result);
        }, cancellationToken);
    }

    /// <summary>Stores a backup of a database that is known not to have changed since another: it has that one's content, and nothing is read.</summary>
    /// <param name="parent">The other backup.</param>
    /// <param name="takenAt">The instant, UTC, for which that is known.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="tags">Further tags.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException">The repository can't be written.</exception>
    public StoredBackup StoreUnchanged(
        RepositorySnapshot parent, DateTime takenAt, BackupManifest manifest, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(manifest);
        return Guard(token =>
        {
            int extents = (int)((manifest.Bytes + parent.ExtentBytes - 1) / parent.ExtentBytes);
            SnapshotFile file = Describe(parent.Host, parent.Database, takenAt, manifest, tags, parent.ExtentBytes, parent, parent.File.Tree) with { BytesAdded = 0 };
            return new StoredBackup(Write(file, token), 0, extents, 0, Unchanged: true);
        }, cancellationToken);
    }

    /// <summary>Has all backups stand that were stored so far.</summary>
    /// <exception cref="SqliteBackupException">The repository can't be written. The tasks of those that do not stand end with the same error.</exception>
    public void Flush(CancellationToken cancellationToken)
    {
        IReadOnlyList<PendingSnapshots.Item> pending = _pending.TakeAll();
        try
        {
            Guard(token =>
            {
                _packs.Flush(token);
                Parallelism.ForEach(pending, Writers, item => item.Stands(Write(item.File, token)), token);
                return true;
            }, cancellationToken);
        }
        catch (Exception exception)
        {
            // Does nothing to those that stand.
            foreach (PendingSnapshots.Item item in pending)
            {
                item.Failed(exception);
            }

            throw;
        }
    }

    /// <summary>Restores the database of a backup into a local file, which is empty and open for writing. Each extent is compared with its hash.</summary>
    /// <param name="snapshot">The backup.</param>
    /// <param name="target">The file.</param>
    /// <param name="advancing">Is called with the number of bytes that are about to be written, by several threads. It may take its time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many bytes the database has.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.StoreCorrupt"/> where something is damaged or missing; or the store did not answer.</exception>
    public long Restore(RepositorySnapshot snapshot, SafeFileHandle target, Action<int>? advancing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(target);
        return Guard(token =>
        {
            TreeFile file = _reader.Database(snapshot, token);
            _reader.Restore(file, target, advancing, token);
            return file.Bytes;
        }, cancellationToken);
    }

    /// <summary>Reads the database of a backup to its end and compares each extent with its hash.</summary>
    /// <param name="snapshot">The backup.</param>
    /// <param name="advancing">Is called with the number of bytes that were read, by several threads. It may take its time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.StoreCorrupt"/> where something is damaged or missing; or the store did not answer.</exception>
    public void Read(RepositorySnapshot snapshot, Action<int>? advancing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Guard(token =>
        {
            _reader.Restore(_reader.Database(snapshot, token), target: null, advancing, token);
            return true;
        }, cancellationToken);
    }

    /// <summary>The manifest of a backup: the snapshot's own, or the one that stands beside the database in it; null where there is none.</summary>
    /// <exception cref="SqliteBackupException">The repository is damaged, or the store did not answer.</exception>
    public BackupManifest? ReadManifest(RepositorySnapshot snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.Manifest ?? Guard(token => _reader.Manifest(snapshot, token), cancellationToken);
    }

    /// <summary>Removes backups from the list. What only they needed goes with the next prune.</summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    public void Forget(IEnumerable<RepositorySnapshot> snapshots, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        Guard(token =>
        {
            foreach (RepositorySnapshot snapshot in snapshots)
            {
                _lock.ThrowIfLost();
                _repository.Files.Delete(RepositoryFileKind.Snapshot, snapshot.HashId, token);
                _snapshots.Remove(snapshot);
            }

            return true;
        }, cancellationToken);
    }

    /// <summary>Writes a backup's manifest anew: after a check. The snapshot gets another id.</summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    public RepositorySnapshot Record(RepositorySnapshot snapshot, BackupManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(manifest);
        return Guard(token =>
        {
            _lock.ThrowIfLost();
            SnapshotFile file = snapshot.File with
            {
                Manifest = ToElement(manifest),
                Original = snapshot.File.Original ?? snapshot.HashId,
                Tags = RepositorySnapshot.TagsAfterCheck(snapshot.File.Tags, manifest),
            };
            RepositorySnapshot written = SnapshotList.Write(_repository.Files, file, token);
            _repository.Files.Delete(RepositoryFileKind.Snapshot, snapshot.HashId, token);
            _snapshots.Remove(snapshot);
            _snapshots.Add(written);
            return written;
        }, cancellationToken);
    }

    /// <summary>Gives the lock back. Backups that do not stand yet never will; their tasks end with an error.</summary>
    public void Dispose()
    {
        using (var ended = new ManualResetEvent(false))
        {
            // After this nothing is flushed any more, and nothing is being flushed.
            if (_delay.Dispose(ended))
            {
                ended.WaitOne();
            }
        }

        foreach (PendingSnapshots.Item item in _pending.TakeAll())
        {
            item.GivenUp();
        }

        _packs.Dispose();
        _lock.Dispose();
    }

    internal static RepositorySession Open(ResticRepository repository, CancellationToken cancellationToken)
    {
        SnapshotList snapshots = null!;
        BlobIndex index = null!;
        RepositoryLock held = repository.Lock(exclusive: false, cancellationToken, () =>
        {
            // In this order: the index then has everything that the snapshots need.
            snapshots = SnapshotList.Load(repository.Files, cancellationToken);
            index = BlobIndex.Load(repository.Files, repository.Options.ThrottleLimit, cancellationToken);
        });
        try
        {
            foreach (SqliteBackupException damaged in snapshots.Damaged.Values)
            {
                repository.Options.Warn(damaged.Message);
            }

            return new RepositorySession(repository, held, snapshots, index);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static JsonElement ToElement(BackupManifest manifest)
    {
        using JsonDocument document = JsonDocument.Parse(ManifestFile.BytesOf(manifest));
        return document.RootElement.Clone();
    }

    private static SnapshotFile Describe(
        string host, string database, DateTime takenAt, BackupManifest manifest, IReadOnlyList<string> tags, int extentBytes, RepositorySnapshot? parent, HashId tree) => new()
        {
            Time = new DateTimeOffset(DateTime.SpecifyKind(takenAt, DateTimeKind.Utc)),
            Parent = parent?.HashId,
            Tree = tree,
            Paths = [database],
            HostName = host,
            UserName = Environment.UserName,
            Tags = RepositorySnapshot.TagsFor(extentBytes, manifest, tags),
            ProgramVersion = $"SqliteBackup {manifest.ModuleVersion}",
            Manifest = ToElement(manifest),
        };

    private bool IsContent(RepositorySnapshot parent, ExtentList extents, CancellationToken cancellationToken) =>
        _reader.HasDatabase(parent, extents.Ids, cancellationToken);

    private (HashId Tree, long BytesAdded) WriteTree(BackupContent content, ExtentList extents)
    {
        byte[] manifest = ManifestFile.BytesOf(content.Manifest);
        (HashId manifestId, int manifestBytes) = _extents.Write(BlobKind.Data, manifest);
        string name = RepositorySnapshot.FileNameOf(content.Database);
        (HashId id, int treeBytes) = _extents.Write(
        [
            new TreeFile(name, content.Bytes, content.TakenAt, extents.Ids),
            new TreeFile(name + BackupManifest.FileSuffix, manifest.Length, content.TakenAt, [manifestId]),
        ]);
        return (id, (long)manifestBytes + treeBytes);
    }

    // A full pack has other databases' backups stand, too: who stops one's own does not stop those.
    private Task<StoredBackup> Wait(SnapshotFile file, Func<RepositorySnapshot, StoredBackup> result)
    {
        Task<StoredBackup> stored = _pending.Add(file, result, out bool isFirst);
        if (_packs.PendingBytes >= PackBuilder.TargetSize)
        {
            Flush(CancellationToken.None);
        }
        else if (isFirst)
        {
            _delay.Change(_repository.Options.MaxDelay, Timeout.InfiniteTimeSpan);
        }

        return stored;
    }

    private void FlushDelayed()
    {
        try
        {
            Flush(CancellationToken.None);
        }
        catch (Exception exception) when (exception is SqliteBackupException or OperationCanceledException or ObjectDisposedException)
        {
            // Those that wait have been told; the session's end comes between otherwise.
        }
    }

    private RepositorySnapshot Write(SnapshotFile file, CancellationToken cancellationToken)
    {
        _lock.ThrowIfLost();
        RepositorySnapshot snapshot = SnapshotList.Write(_repository.Files, file, cancellationToken);
        _snapshots.Add(snapshot);
        return snapshot;
    }

    // Ends when the caller cancels or with the lock; which of them it was, the error says.
    private T Guard<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        _lock.ThrowIfLost();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lock.Lost);
        try
        {
            return work(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _lock.ThrowIfLost();
            throw;
        }
    }
}
