using System.Collections.Concurrent;
using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;

namespace SqliteBackup.Repository.Reading;

/// <summary>Goes through all trees that snapshots lead to, everybody's, each once; level by level, so that packs are read whole.</summary>
internal sealed class TreeWalker(RepositoryFiles files, BlobIndex index, BlobReader blobs)
{
    /// <summary>Walks.</summary>
    /// <param name="roots">The snapshots' trees.</param>
    /// <param name="visit">Gets each tree and what it holds, from several threads.</param>
    /// <param name="damaged">Is told of trees that can't be read; where it is null, the first ends the walk.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void Walk(
        IEnumerable<HashId> roots, Action<TreeContent> visit, Action<HashId, SqliteBackupException>? damaged, CancellationToken cancellationToken)
    {
        var seen = new HashSet<HashId>();
        HashId[] level = [.. roots.Where(seen.Add)];
        while (level.Length > 0)
        {
            var below = new ConcurrentBag<HashId>();
            var reading = new BlobReader.Reading(
                (in WantedBlob blob, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> _) =>
                {
                    if (Parse(blob.Id, plain, damaged) is TreeContent tree)
                    {
                        tree.Subtrees.ForEach(below.Add);
                        visit(tree);
                    }
                },
                damaged is null ? null : (in WantedBlob blob, SqliteBackupException damage) => damaged(blob.Id, damage));
            blobs.ReadMany([.. Find(level, damaged)], reading, cancellationToken);
            level = [.. below.Where(seen.Add)];
        }
    }

    private IEnumerable<WantedBlob> Find(IEnumerable<HashId> ids, Action<HashId, SqliteBackupException>? damaged)
    {
        foreach (HashId id in ids)
        {
            if (index.TryFind(BlobKind.Tree, id, out BlobPlace place))
            {
                yield return new WantedBlob(id, place, 0);
            }
            else
            {
                Report(id, RepositoryErrors.BlobMissing(files.Location, id), damaged);
            }
        }
    }

    private TreeContent? Parse(HashId id, ReadOnlySpan<byte> plain, Action<HashId, SqliteBackupException>? damaged)
    {
        var tree = new TreeContent(id, [], []);
        try
        {
            Tree.Visit(plain, tree.Content.Add, tree.Subtrees.Add);
            return tree;
        }
        catch (JsonException exception)
        {
            Report(id, RepositoryErrors.Damaged(files.Location, $"tree {id}", "it is no list of files", exception), damaged);
            return null;
        }
    }

    private static void Report(HashId id, SqliteBackupException damage, Action<HashId, SqliteBackupException>? damaged)
    {
        if (damaged is null)
        {
            throw damage;
        }

        damaged(id, damage);
    }
}

/// <summary>A tree and what it holds.</summary>
/// <param name="Id">Its hash.</param>
/// <param name="Content">The blobs of its files.</param>
/// <param name="Subtrees">The trees below it.</param>
internal sealed record TreeContent(HashId Id, List<HashId> Content, List<HashId> Subtrees);
