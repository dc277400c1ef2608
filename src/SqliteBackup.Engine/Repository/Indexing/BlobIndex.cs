using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Indexing;

/// <summary>Where the blobs of a repository are, in memory: about 80 bytes a blob. Safe to use from several threads.</summary>
/// <remarks>In parts by the first byte of the hash: each grows by itself, and never is all of it in memory twice.</remarks>
internal sealed class BlobIndex
{
    private readonly object _gate = new();
    private readonly List<HashId> _packs = [];

    // A file that holds the text of a tree has the same hash as the tree: the two kinds are looked up apart.
    private readonly Dictionary<HashId, BlobPlace>[] _data = CreateParts();
    private readonly Dictionary<HashId, BlobPlace>[] _trees = CreateParts();

    /// <summary>Loads the index of a repository. The snapshots that it is to lead to must have been listed before.</summary>
    public static BlobIndex Load(RepositoryFiles files, int degree, CancellationToken cancellationToken)
    {
        var index = new BlobIndex();
        Dictionary<HashId, long> stored = files.List(RepositoryFileKind.Index, cancellationToken);
        ForEachFile(files, stored.Keys, degree, (_, packs) => packs.ForEach(index.Add), cancellationToken);
        files.TrimCache(RepositoryFileKind.Index, stored);
        return index;
    }

    /// <summary>Reads index files side by side.</summary>
    public static void ForEachFile(
        RepositoryFiles files, IEnumerable<HashId> ids, int degree, Action<HashId, List<PackContent>> visit, CancellationToken cancellationToken) =>
        Parallelism.ForEach(ids, degree, id => visit(id, ReadFile(files, id, cancellationToken)), cancellationToken);

    public static List<PackContent> ReadFile(RepositoryFiles files, HashId id, CancellationToken cancellationToken)
    {
        try
        {
            return IndexFile.Read(files.Load(RepositoryFileKind.Index, id, cancellationToken));
        }
        catch (JsonException exception)
        {
            throw files.Damaged(RepositoryFileKind.Index, id, "it is no index", exception);
        }
    }

    public void Add(PackContent pack)
    {
        lock (_gate)
        {
            int number = _packs.Count;
            _packs.Add(pack.Id);
            foreach (PackedBlob blob in pack.Blobs)
            {
                Of(blob.Kind, blob.Id).TryAdd(blob.Id, new BlobPlace(number, blob.Offset, blob.Length, blob.PlainLength));
            }
        }
    }

    public bool TryFind(BlobKind kind, HashId id, out BlobPlace place)
    {
        lock (_gate)
        {
            return Of(kind, id).TryGetValue(id, out place);
        }
    }

    public bool Contains(BlobKind kind, HashId id) => TryFind(kind, id, out _);

    public HashId PackOf(BlobPlace place)
    {
        lock (_gate)
        {
            return _packs[place.Pack];
        }
    }

    private static Dictionary<HashId, BlobPlace>[] CreateParts() => [.. Enumerable.Range(0, 256).Select(_ => new Dictionary<HashId, BlobPlace>())];

    private Dictionary<HashId, BlobPlace> Of(BlobKind kind, HashId id) => (kind == BlobKind.Tree ? _trees : _data)[id.FirstByte];
}
