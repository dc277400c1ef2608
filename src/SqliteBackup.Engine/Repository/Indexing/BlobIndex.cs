using System.Collections.Concurrent;
using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Indexing;

/// <summary>Where the blobs of a repository are, in memory: about 60 bytes a blob. Safe to use from several threads.</summary>
internal sealed class BlobIndex
{
    // What is read at the same time: a file has about ten megabytes of JSON.
    private const int MaxReaders = 4;

    private readonly object _gate = new();
    private readonly List<HashId> _packs = [];

    // A file that holds the text of a tree has the same hash as the tree: the two kinds are looked up apart.
    private readonly BlobTable _data = new();
    private readonly BlobTable _trees = new();

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
    /// <param name="files">The repository.</param>
    /// <param name="ids">The files.</param>
    /// <param name="degree">How many at once at most.</param>
    /// <param name="visit">Gets each file's packs, from several threads.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="damaged">Is told of files that can't be read. Where it is null, the first ends the reading.</param>
    public static void ForEachFile(
        RepositoryFiles files,
        IEnumerable<HashId> ids,
        int degree,
        Action<HashId, List<PackContent>> visit,
        CancellationToken cancellationToken,
        Action<HashId, SqliteBackupException>? damaged = null)
    {
        var queue = new ConcurrentQueue<HashId>(ids);
        Parallelism.Run(
            Math.Min(Math.Min(degree, MaxReaders), queue.Count),
            () =>
            {
                // One a thread for all its files: their JSON goes through one buffer.
                using CodecPool.Rented rented = files.Codecs.Rent();
                while (queue.TryDequeue(out HashId id))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    try
                    {
                        visit(id, ReadFile(files, rented.Codec, id, cancellationToken));
                    }
                    catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt && damaged is not null)
                    {
                        damaged(id, exception);
                    }
                }
            },
            cancellationToken);
    }

    private static List<PackContent> ReadFile(RepositoryFiles files, BlobCodec codec, HashId id, CancellationToken cancellationToken)
    {
        try
        {
            return files.Load(codec, RepositoryFileKind.Index, id, static json => IndexFile.Read(json), cancellationToken);
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
                Of(blob.Kind).TryAdd(blob.Id, new BlobPlace(number, blob.Offset, blob.Length, blob.PlainLength));
            }
        }
    }

    public bool TryFind(BlobKind kind, HashId id, out BlobPlace place)
    {
        lock (_gate)
        {
            return Of(kind).TryFind(id, out place);
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

    private BlobTable Of(BlobKind kind) => kind == BlobKind.Tree ? _trees : _data;
}
