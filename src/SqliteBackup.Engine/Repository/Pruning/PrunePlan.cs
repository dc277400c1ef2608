using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Sealing;
using SqliteBackup.Repository.Writing;

namespace SqliteBackup.Repository.Pruning;

/// <summary>What becomes of each pack and each index file of a repository.</summary>
internal sealed class PrunePlan
{
    // Packs below this are put together once there are some: every backup leaves one or two.
    private const long SmallPack = PackBuilder.TargetSize / 4;

    private const int MinSmallPacks = 10;

    // The same for index files.
    private const int SmallIndex = IndexFile.MaxBlobs / 4;

    private readonly List<PackUse> _keep = [];
    private readonly List<PackUse> _repack = [];
    private readonly HashSet<PackUse> _repackSet = [];
    private readonly List<HashId> _remove = [];
    private readonly List<HashId> _unindexed = [];

    private PrunePlan(IReadOnlyDictionary<HashId, List<PackContent>> indexFiles, IReadOnlyDictionary<HashId, long> stored)
    {
        IndexFiles = indexFiles;
        Stored = stored;
    }

    public IReadOnlyDictionary<HashId, List<PackContent>> IndexFiles { get; }

    /// <summary>The packs in the store and their sizes.</summary>
    public IReadOnlyDictionary<HashId, long> Stored { get; }

    /// <summary>Packs that stay as they are.</summary>
    public IReadOnlyList<PackUse> Keep => _keep;

    /// <summary>Packs whose needed blobs go into new ones.</summary>
    public IReadOnlyList<PackUse> Repack => _repack;

    /// <summary>Packs in which nothing is needed.</summary>
    public IReadOnlyList<HashId> Remove => _remove;

    /// <summary>Packs that no index knows: what killed runs left.</summary>
    public IReadOnlyList<HashId> Unindexed => _unindexed;

    public long BytesRepacked { get; private set; }

    public long BytesFreed => _remove.Concat(_unindexed).Sum(id => Stored[id]) + _repack.Sum(pack => pack.UnusedBytes);

    public long BytesUnused => _keep.Sum(pack => pack.UnusedBytes);

    /// <summary>Makes a plan.</summary>
    /// <param name="location">The repository, for messages.</param>
    /// <param name="indexFiles">All index files.</param>
    /// <param name="stored">The packs in the store and their sizes.</param>
    /// <param name="used">Every blob that a snapshot needs.</param>
    /// <param name="options">The bounds.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.StoreCorrupt"/> where something is needed that is not there.</exception>
    public static PrunePlan Make(
        string location, IReadOnlyDictionary<HashId, List<PackContent>> indexFiles, IReadOnlyDictionary<HashId, long> stored, BlobSet used, PruneOptions options)
    {
        var plan = new PrunePlan(indexFiles, stored);
        plan.Classify(location, used);
        plan.ChooseWasteful(options);
        plan.ChooseSmall(options);
        plan._keep.RemoveAll(plan._repackSet.Contains);
        return plan;
    }

    /// <summary>The index files that are written anew: they list packs that go, or they are many small ones.</summary>
    public IReadOnlyList<HashId> IndexFilesToReplace()
    {
        HashSet<HashId> kept = [.. _keep.Select(pack => pack.Content.Id)];
        HashSet<HashId> listed = [];
        HashId[] small = [.. IndexFiles.Where(file => file.Value.Sum(pack => pack.Blobs.Length) < SmallIndex).Select(file => file.Key)];
        HashSet<HashId> replaced = small.Length >= MinSmallPacks ? [.. small] : [];
        foreach ((HashId id, List<PackContent> packs) in IndexFiles)
        {
            if (packs.Exists(pack => !kept.Contains(pack.Id) || !listed.Add(pack.Id)))
            {
                replaced.Add(id);
            }
        }

        return [.. replaced];
    }

    private static bool IsSound(PackContent pack, IReadOnlyDictionary<HashId, long> stored) =>
        stored.TryGetValue(pack.Id, out long bytes) && bytes == PackHeader.PackLength(pack.Blobs);

    private void Classify(string location, BlobSet used)
    {
        PackContent[] indexed = [.. IndexFiles.Values.SelectMany(packs => packs).DistinctBy(pack => pack.Id)];

        // Of a blob that is in several packs the one counts whose pack has the least to lose.
        var chosen = new BlobSet();
        foreach (PackContent pack in indexed.Where(pack => IsSound(pack, Stored)).OrderBy(pack => Wasted(pack, used)).ThenBy(pack => pack.Id))
        {
            PackedBlob[] needed = [.. pack.Blobs.Where(blob => used.Contains(blob.Kind, blob.Id) && chosen.Add(blob.Kind, blob.Id))];
            if (needed.Length == 0)
            {
                _remove.Add(pack.Id);
            }
            else
            {
                _keep.Add(new PackUse(pack, needed, Stored[pack.Id]));
            }
        }

        if (chosen.Count < used.Count)
        {
            PackContent? unsound = indexed.FirstOrDefault(pack =>
                !IsSound(pack, Stored) && pack.Blobs.Any(blob => used.Contains(blob.Kind, blob.Id) && !chosen.Contains(blob.Kind, blob.Id)));
            throw unsound is null
                ? RepositoryErrors.BlobsMissing(location, used.Count - chosen.Count)
                : RepositoryErrors.PackMissing(location, unsound.Id);
        }

        // Not as long as its index says, and nothing in it is needed.
        _remove.AddRange(indexed.Where(pack => !IsSound(pack, Stored) && Stored.ContainsKey(pack.Id)).Select(pack => pack.Id));
        HashSet<HashId> known = [.. indexed.Select(pack => pack.Id)];
        _unindexed.AddRange(Stored.Keys.Where(id => !known.Contains(id)));
    }

    private void ChooseWasteful(PruneOptions options)
    {
        double allowed = _keep.Sum(pack => pack.NeededBytes) * options.MaxUnusedPercent / 100;
        long unused = BytesUnused;
        foreach (PackUse pack in _keep.Where(pack => pack.UnusedBytes > 0).OrderByDescending(pack => (double)pack.UnusedBytes / pack.Bytes))
        {
            if (unused <= allowed)
            {
                return;
            }

            if (TryRepack(pack, options))
            {
                unused -= pack.UnusedBytes;
            }
        }
    }

    private void ChooseSmall(PruneOptions options)
    {
        foreach (IGrouping<BlobKind, PackUse> kind in _keep.Where(pack => pack.Bytes < SmallPack && !_repackSet.Contains(pack)).GroupBy(pack => pack.Needed[0].Kind).ToArray())
        {
            if (kind.Count() >= MinSmallPacks)
            {
                foreach (PackUse pack in kind)
                {
                    TryRepack(pack, options);
                }
            }
        }
    }

    private bool TryRepack(PackUse pack, PruneOptions options)
    {
        if (options.MaxRepackBytes is long max && BytesRepacked + pack.Bytes > max)
        {
            return false;
        }

        BytesRepacked += pack.Bytes;
        _repackSet.Add(pack);
        _repack.Add(pack);
        return true;
    }

    private static long Wasted(PackContent pack, BlobSet used) =>
        pack.Blobs.Sum(blob => used.Contains(blob.Kind, blob.Id) ? 0L : blob.Length);
}

/// <summary>A pack of which something is needed.</summary>
/// <param name="content">The pack.</param>
/// <param name="needed">The blobs in it that are needed, and are taken from it.</param>
/// <param name="bytes">Its size.</param>
internal sealed class PackUse(PackContent content, PackedBlob[] needed, long bytes)
{
    public PackContent Content => content;

    public PackedBlob[] Needed => needed;

    public long Bytes => bytes;

    public long NeededBytes { get; } = needed.Sum(blob => (long)blob.Length + blob.HeaderLength);

    public long UnusedBytes => Bytes - NeededBytes - Sealer.Overhead - PackHeader.LengthSize;
}
