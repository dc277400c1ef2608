using System.Collections.Concurrent;
using SqliteBackup.Repository.Checking;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Reading;
using SqliteBackup.Repository.Snapshots;

namespace SqliteBackup.Repository;

/// <summary>
/// Looks whether everything that a repository must have is there and, on demand, whether every byte of it is what it was; and names the backups
/// that a damage hurts. Damage is a finding, not an error.
/// </summary>
public sealed class RepositoryCheck
{
    private readonly ConcurrentBag<RepositoryFinding> _findings = [];
    private readonly BadBlobs _bad = new();
    private readonly ResticRepository _repository;
    private readonly RepositoryCheckOptions _options;
    private readonly CancellationToken _token;

    private RepositoryCheck(ResticRepository repository, RepositoryCheckOptions options, CancellationToken token) =>
        (_repository, _options, _token) = (repository, options, token);

    private RepositoryFiles Files => _repository.Files;

    private int Degree => _repository.Options.ThrottleLimit;

    /// <summary>Checks, under a shared lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.RepositoryLocked"/>, or the store did not answer.</exception>
    public static RepositoryCheckReport Run(ResticRepository repository, RepositoryCheckOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        using RepositoryLock held = repository.Lock(exclusive: false, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        try
        {
            return new RepositoryCheck(repository, options, either.Token).Run();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            held.ThrowIfLost();
            throw;
        }
    }

    private RepositoryCheckReport Run()
    {
        Say("Reading snapshots", 0);
        _repository.Keys.FindDamaged(_token).ForEach(name => Damage(name, "It is not what it was; its password opens nothing."));
        var snapshots = SnapshotList.Load(Files, _token);
        foreach ((HashId id, SqliteBackupException damage) in snapshots.Damaged)
        {
            Damage(RepositoryFileKind.Snapshot.NameOf(id), $"{damage.Message} The backup that it stood for is lost.");
        }

        Say("Reading the index", 0.05);
        IReadOnlyList<PackContent> indexed = ReadIndex();
        Dictionary<HashId, long> packs = Files.List(RepositoryFileKind.Pack, _token);
        ComparePacks(indexed, packs);
        long bytesRead = _options.ReadData ? ReadPacks(indexed, packs) : 0;
        Say("Looking for what snapshots need", 0.9);
        (List<RepositorySnapshot> hurt, List<string> others) = FindHurt(snapshots, indexed);
        Say("Done", 1);
        RepositoryFinding[] findings = [.. _findings.OrderByDescending(finding => finding.IsDamage).ThenBy(finding => finding.File, StringComparer.Ordinal)];
        return new RepositoryCheckReport(findings, hurt, others, snapshots.All.Count + snapshots.Damaged.Count, packs.Count, packs.Values.Sum(), bytesRead);
    }

    private List<PackContent> ReadIndex()
    {
        var packs = new ConcurrentDictionary<HashId, PackContent>();
        BlobIndex.ForEachFile(
            Files,
            Files.List(RepositoryFileKind.Index, _token).Keys,
            Degree,
            (_, found) => found.ForEach(pack => packs[pack.Id] = pack),
            _token,
            (id, damage) => Damage(RepositoryFileKind.Index.NameOf(id), $"{damage.Message} 'restic repair index' makes it anew from the packs."));
        return [.. packs.Values];
    }

    private void ComparePacks(IReadOnlyList<PackContent> indexed, Dictionary<HashId, long> packs)
    {
        foreach (PackContent pack in indexed)
        {
            bool isThere = packs.TryGetValue(pack.Id, out long bytes);
            if (!isThere || bytes != PackHeader.PackLength(pack.Blobs))
            {
                _bad.Add(pack.Blobs);
                Damage(
                    RepositoryFileKind.Pack.NameOf(pack.Id),
                    isThere ? $"It has {bytes} bytes, and by the index {PackHeader.PackLength(pack.Blobs)}." : "It is missing.");
            }
        }

        foreach (HashId id in packs.Keys.Except(indexed.Select(pack => pack.Id)))
        {
            _findings.Add(new RepositoryFinding(RepositoryFileKind.Pack.NameOf(id), "No index knows it: a run that was ended left it, most likely.", IsDamage: false));
        }
    }

    private long ReadPacks(IReadOnlyList<PackContent> indexed, Dictionary<HashId, long> packs)
    {
        long total = packs.Values.Sum();
        long read = 0;
        Dictionary<HashId, PackContent> byId = indexed.ToDictionary(pack => pack.Id);
        Parallelism.ForEach(
            packs,
            Degree,
            pack =>
            {
                PackCheck check = PackCheck.Run(Files, pack.Key, byId.GetValueOrDefault(pack.Key), _token);
                _bad.Add(check.Bad);
                if (check.Damage is string damage)
                {
                    Damage(RepositoryFileKind.Pack.NameOf(pack.Key), damage);
                }

                Say("Reading packs", 0.1 + (0.8 * Interlocked.Add(ref read, pack.Value) / Math.Max(1, total)));
            },
            _token);
        return read;
    }

    private (List<RepositorySnapshot> Ours, List<string> Others) FindHurt(SnapshotList snapshots, IReadOnlyList<PackContent> indexed)
    {
        var index = new BlobIndex();
        foreach (PackContent pack in indexed)
        {
            index.Add(pack);
        }

        // A blob that is damaged in one pack may be sound in another.
        var trees = new TreeVerdicts(index, _bad);
        new TreeWalker(Files, index, new BlobReader(Files, index, Degree)).Walk(
            snapshots.All.Values.Select(snapshot => snapshot.Tree),
            trees.Add,
            (id, damage) =>
            {
                trees.AddDamaged(id);
                Damage($"tree {id}", damage.Message);
            },
            _token);
        foreach (HashId id in trees.Missing)
        {
            Damage($"blob {id}", "A snapshot needs it, and no index knows it.");
        }

        List<RepositorySnapshot> hurt = [.. snapshots.Ours().Where(snapshot => trees.IsHurt(snapshot.File.Tree))];
        HashSet<HashId> ours = [.. hurt.Select(snapshot => snapshot.HashId)];
        return (hurt, [.. snapshots.All.Where(item => !ours.Contains(item.Key) && trees.IsHurt(item.Value.Tree)).Select(item => item.Key.ToString()).Order(StringComparer.Ordinal)]);
    }

    private void Damage(string file, string message) => _findings.Add(new RepositoryFinding(file, message, IsDamage: true));

    private void Say(string what, double fraction) => _options.Advancing?.Invoke(what, fraction);
}
