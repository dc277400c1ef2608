using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Pruning;

/// <summary>Blobs, the two kinds apart.</summary>
internal sealed class BlobSet
{
    private readonly HashSet<HashId> _data = [];
    private readonly HashSet<HashId> _trees = [];

    public int Count => _data.Count + _trees.Count;

    public bool Add(BlobKind kind, HashId id) => Of(kind).Add(id);

    public bool Contains(BlobKind kind, HashId id) => Of(kind).Contains(id);

    private HashSet<HashId> Of(BlobKind kind) => kind == BlobKind.Tree ? _trees : _data;
}
