using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;

namespace SqliteBackup.Repository.Checking;

/// <summary>Which trees lead to something that is damaged or missing. Filled by several threads, then asked by one.</summary>
internal sealed class TreeVerdicts(BlobIndex index, BadBlobs bad)
{
    private readonly object _gate = new();
    private readonly Dictionary<HashId, (bool IsHurt, List<HashId> Subtrees)> _trees = [];
    private readonly HashSet<HashId> _missing = [];

    /// <summary>Content that no index knows.</summary>
    public IReadOnlyCollection<HashId> Missing => _missing;

    public void Add(Reading.TreeContent tree)
    {
        HashId[] missing = [.. tree.Content.Where(id => !index.Contains(BlobKind.Data, id))];
        bool isHurt = missing.Length > 0 || bad.Contains(BlobKind.Tree, tree.Id) || tree.Content.Exists(id => bad.Contains(BlobKind.Data, id));
        lock (_gate)
        {
            _missing.UnionWith(missing);
            _trees[tree.Id] = (isHurt, tree.Subtrees);
        }
    }

    public void AddDamaged(HashId tree)
    {
        lock (_gate)
        {
            _trees[tree] = (true, []);
        }
    }

    public bool IsHurt(HashId tree)
    {
        if (!_trees.TryGetValue(tree, out (bool IsHurt, List<HashId> Subtrees) verdict))
        {
            return true;
        }

        if (verdict.IsHurt || verdict.Subtrees.Count == 0)
        {
            return verdict.IsHurt;
        }

        // Names hashes that have hashes in them: no tree leads to itself.
        bool isHurt = verdict.Subtrees.Exists(IsHurt);
        _trees[tree] = (isHurt, []);
        return isHurt;
    }
}
