using System.Collections.Concurrent;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Pruning;
using SqliteBackup.Repository.Reading;
using SqliteBackup.Repository.Snapshots;
using SqliteBackup.Repository.Writing;

namespace SqliteBackup.Repository;

/// <summary>
/// Removes what no snapshot needs, ours or others'. New packs are written first, then their index; then the old index goes, then the old
/// packs: killed anywhere in between, nothing that is needed is missing, and the next time goes on from there.
/// </summary>
public sealed class RepositoryPruner
{
    // Removing waits for the store's answers.
    private const int DeleteDegree = 8;

    private readonly ResticRepository _repository;
    private readonly PruneOptions _options;
    private readonly RepositoryLock _lock;
    private readonly CancellationToken _token;

    private RepositoryPruner(ResticRepository repository, PruneOptions options, RepositoryLock held, CancellationToken token) =>
        (_repository, _options, _lock, _token) = (repository, options, held, token);

    private RepositoryFiles Files => _repository.Files;

    private int Degree => _repository.Options.ThrottleLimit;

    /// <summary>Prunes, under an exclusive lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="cancellationToken">Ends it between two steps; what was done stays done.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.RepositoryLocked"/>; <see cref="BackupFailure.StoreCorrupt"/> where something that is needed is damaged or
    /// missing, and nothing is removed then; or the store did not answer, or refused.
    /// </exception>
    public static PruneReport Run(ResticRepository repository, PruneOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        using RepositoryLock held = repository.Lock(exclusive: !options.DryRun, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        try
        {
            return new RepositoryPruner(repository, options, held, either.Token).Run();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            held.ThrowIfLost();
            throw;
        }
    }

    private PruneReport Run()
    {
        Say("Reading snapshots", 0);
        var snapshots = SnapshotList.Load(Files, _token);
        if (snapshots.Damaged.Count > 0)
        {
            // What it needs can't be known.
            throw snapshots.Damaged.Values.First();
        }

        Say("Reading the index", 0.05);
        var indexFiles = new ConcurrentDictionary<HashId, List<PackContent>>();
        BlobIndex.ForEachFile(Files, Files.List(RepositoryFileKind.Index, _token).Keys, Degree, (id, packs) => indexFiles[id] = packs, _token);
        Say("Looking for what is needed", 0.1);
        BlobSet used = FindUsed(snapshots, indexFiles);
        var plan = PrunePlan.Make(Files.Location, indexFiles, Files.List(RepositoryFileKind.Pack, _token), used, _options);
        if (!_options.DryRun)
        {
            Execute(plan);
        }

        Say("Done", 1);
        return new PruneReport(
            snapshots.All.Count,
            plan.Stored.Count,
            plan.Stored.Values.Sum(),
            plan.Remove.Count + plan.Unindexed.Count,
            plan.Repack.Count,
            plan.BytesRepacked,
            plan.BytesFreed,
            plan.BytesUnused,
            _options.DryRun);
    }

    private BlobSet FindUsed(SnapshotList snapshots, ConcurrentDictionary<HashId, List<PackContent>> indexFiles)
    {
        var index = new BlobIndex();
        foreach (PackContent pack in indexFiles.Values.SelectMany(packs => packs))
        {
            index.Add(pack with { Blobs = [.. pack.Blobs.Where(blob => blob.Kind == BlobKind.Tree)] });
        }

        var used = new BlobSet();
        new TreeWalker(Files, index, new BlobReader(Files, index, Degree)).Walk(
            snapshots.All.Values.Select(snapshot => snapshot.Tree),
            tree =>
            {
                lock (used)
                {
                    used.Add(BlobKind.Tree, tree.Id);
                    tree.Content.ForEach(id => used.Add(BlobKind.Data, id));
                }
            },
            damaged: null,
            _token);
        return used;
    }

    private void Execute(PrunePlan plan)
    {
        Say("Writing what is needed into new packs", 0.3);
        Repack(plan);
        Say("Writing the index", 0.8);
        IReadOnlyList<HashId> replaced = plan.IndexFilesToReplace();
        WriteIndex(plan, replaced);
        Say("Removing what is not needed", 0.85);
        Delete(RepositoryFileKind.Index, replaced);
        Delete(RepositoryFileKind.Pack, [.. plan.Repack.Select(pack => pack.Content.Id), .. plan.Remove, .. plan.Unindexed]);
        Files.SweepAbandoned(_token);
    }

    private void Repack(PrunePlan plan)
    {
        var source = new BlobIndex();
        foreach (PackUse pack in plan.Repack)
        {
            source.Add(new PackContent(pack.Content.Id, pack.Needed));
        }

        using var packs = new PackWriter(Files, new BlobIndex(), _lock.Lost);
        var reader = new BlobReader(Files, source, Degree);
        PackedBlob[] needed = [.. plan.Repack.SelectMany(pack => pack.Needed)];
        WantedBlob[] wanted = [.. needed.Select((blob, i) => new WantedBlob(blob.Id, reader.Find(blob.Kind, blob.Id), i))];
        int done = 0;
        reader.ReadMany(
            wanted,
            new BlobReader.Reading(
                (in WantedBlob blob, ReadOnlySpan<byte> _, ReadOnlySpan<byte> stored) =>
                {
                    packs.Add(needed[blob.Tag].Kind, blob.Id, stored, blob.Place.PlainLength);
                    if (Interlocked.Increment(ref done) % 1000 == 0)
                    {
                        Say("Writing what is needed into new packs", 0.3 + (0.5 * done / wanted.Length));
                    }
                },
                WantsStored: true),
            _token);
        packs.Flush(_token);
    }

    private void WriteIndex(PrunePlan plan, IReadOnlyList<HashId> replaced)
    {
        HashSet<HashId> kept = [.. plan.Keep.Select(pack => pack.Content.Id)];
        HashSet<HashId> gone = [.. replaced];
        HashSet<HashId> listedElsewhere = [.. plan.IndexFiles.Where(file => !gone.Contains(file.Key)).SelectMany(file => file.Value).Select(pack => pack.Id)];
        var part = new List<PackContent>();
        int blobs = 0;
        foreach (PackContent pack in replaced.SelectMany(id => plan.IndexFiles[id]).DistinctBy(pack => pack.Id)
            .Where(pack => kept.Contains(pack.Id) && !listedElsewhere.Contains(pack.Id)))
        {
            if (part.Count > 0 && blobs + pack.Blobs.Length > IndexFile.MaxBlobs)
            {
                Save(part);
                blobs = 0;
            }

            part.Add(pack);
            blobs += pack.Blobs.Length;
        }

        Save(part);
    }

    private void Save(List<PackContent> packs)
    {
        if (packs.Count > 0)
        {
            using CodecPool.Rented rented = Files.Codecs.Rent();
            Files.SaveIndex(rented.Codec, packs, _token);
            packs.Clear();
        }
    }

    private void Delete(RepositoryFileKind kind, IReadOnlyCollection<HashId> ids)
    {
        _token.ThrowIfCancellationRequested();
        Parallelism.ForEach(
            ids,
            DeleteDegree,
            id =>
            {
                _lock.ThrowIfLost();
                Files.Delete(kind, id, _token);
            },
            _token);
    }

    private void Say(string what, double fraction) => _options.Advancing?.Invoke(what, fraction);
}
