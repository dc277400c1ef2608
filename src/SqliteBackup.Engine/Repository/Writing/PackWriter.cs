using System.Collections.Concurrent;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Repository.Writing;

/// <summary>
/// Collects sealed blobs into packs, stores full ones while others are being filled, and writes the index of what is stored. Safe to use
/// from several threads; at most a few packs are in memory. After an error nothing more is taken.
/// </summary>
internal sealed class PackWriter(RepositoryFiles files, BlobIndex index, CancellationToken lost) : IDisposable
{
    // Two packs on their way, and one of each kind being filled.
    private const int MaxUploads = 2;

    private readonly object _gate = new();
    private readonly object _indexGate = new();
    private readonly HashSet<(BlobKind Kind, HashId Id)> _pending = [];
    private readonly Dictionary<BlobKind, PackBuilder> _open = [];
    private readonly ConcurrentBag<byte[]> _buffers = [];
    private readonly SemaphoreSlim _slots = new(MaxUploads);
    private readonly List<Task> _uploads = [];
    private readonly List<PackContent> _unindexed = [];
    private int _unindexedBlobs;
    private Exception? _failure;

    /// <summary>Bytes of blobs that are not stored yet.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Index files written so far.</summary>
    public ConcurrentBag<HashId> IndexFiles { get; } = [];

    /// <summary>Whether the repository has a blob, or will have it with the next flush.</summary>
    public bool Has(BlobKind kind, HashId id)
    {
        if (index.Contains(kind, id))
        {
            return true;
        }

        lock (_gate)
        {
            return _pending.Contains((kind, id));
        }
    }

    /// <summary>Adds a blob, unless it is there already.</summary>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="SqliteBackupException">It, or one before, can't be stored.</exception>
    public bool Add(BlobKind kind, HashId id, ReadOnlySpan<byte> sealedBlob, uint plainLength)
    {
        Task? first = null;
        Task? second = null;
        lock (_gate)
        {
            ThrowIfBroken();
            if (index.Contains(kind, id) || !_pending.Add((kind, id)))
            {
                return false;
            }

            PendingBytes += sealedBlob.Length;
            if (!_open.TryGetValue(kind, out PackBuilder? builder))
            {
                builder = Open(kind, sealedBlob.Length);
            }

            if (!builder.TryAppend(id, sealedBlob, plainLength))
            {
                first = Close(builder);
                builder = Open(kind, sealedBlob.Length);
                builder.TryAppend(id, sealedBlob, plainLength);
            }

            if (builder.IsFull)
            {
                second = Close(builder);
            }
        }

        Start(first);
        Start(second);
        return true;
    }

    /// <summary>Stores all that was added before, and the index of it. Whatever refers to it may be written then.</summary>
    /// <exception cref="SqliteBackupException">Something can't be stored.</exception>
    public void Flush(CancellationToken cancellationToken)
    {
        Task[] closed;
        Task[] uploads;
        lock (_gate)
        {
            ThrowIfBroken();
            closed = [.. _open.Values.ToArray().Select(Close)];
            uploads = [.. _uploads];
        }

        Array.ForEach(closed, Start);

        // An upload notes its own failure, and never throws.
        Task.WaitAll(uploads, CancellationToken.None);
        lock (_gate)
        {
            ThrowIfBroken();
        }

        cancellationToken.ThrowIfCancellationRequested();
        WriteIndex(all: true);
    }

    public void Dispose()
    {
        Task[] uploads;
        lock (_gate)
        {
            _failure ??= new ObjectDisposedException(nameof(PackWriter));
            uploads = [.. _uploads];
        }

        Task.WaitAll(uploads);
        _slots.Dispose();
    }

    private PackBuilder Open(BlobKind kind, int sealedLength)
    {
        int size = PackBuilder.BufferSizeFor(sealedLength);
        byte[] buffer = size == PackBuilder.BufferSize && _buffers.TryTake(out byte[]? free) ? free : GC.AllocateUninitializedArray<byte>(size);
        return _open[kind] = new PackBuilder(kind, buffer);
    }

    // Known as an upload from the instant in which it is no longer open: a flush misses nothing.
    private Task Close(PackBuilder pack)
    {
        _open.Remove(pack.Kind);
        _uploads.RemoveAll(upload => upload.IsCompleted);
        var upload = new Task(() => Store(pack));
        _uploads.Add(upload);
        return upload;
    }

    private void Start(Task? upload)
    {
        if (upload is not null)
        {
            _slots.Wait();
            upload.Start(TaskScheduler.Default);
        }
    }

    private void Store(PackBuilder pack)
    {
        try
        {
            lost.ThrowIfCancellationRequested();
            using var sealer = new Sealer(files.Codecs.Key);
            ReadOnlyMemory<byte> bytes = pack.Finish(sealer);
            var id = HashId.Of(bytes.Span);
            files.Put(RepositoryFileKind.Pack, id, bytes, lost);
            Stored(new PackContent(id, [.. pack.Blobs]));
            if (pack.Buffer.Length == PackBuilder.BufferSize)
            {
                _buffers.Add(pack.Buffer);
            }

            WriteIndex(all: false);
        }
        catch (Exception exception) when (exception is SqliteBackupException or OperationCanceledException)
        {
            lock (_gate)
            {
                _failure ??= exception;
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    private void Stored(PackContent pack)
    {
        index.Add(pack);
        lock (_gate)
        {
            _unindexed.Add(pack);
            _unindexedBlobs += pack.Blobs.Length;
            foreach (PackedBlob blob in pack.Blobs)
            {
                _pending.Remove((blob.Kind, blob.Id));
                PendingBytes -= blob.Length;
            }
        }
    }

    // Full index files are written on the way: what a run that was killed had stored need not be stored again.
    private void WriteIndex(bool all)
    {
        lock (_indexGate)
        {
            for (PackContent[] packs = NextForIndex(all); packs.Length > 0; packs = NextForIndex(all))
            {
                IndexFiles.Add(files.Save(RepositoryFileKind.Index, IndexFile.Write(packs).Span, lost).Id);
                lock (_gate)
                {
                    _unindexed.RemoveRange(0, packs.Length);
                    _unindexedBlobs -= packs.Sum(pack => pack.Blobs.Length);
                }
            }
        }
    }

    private PackContent[] NextForIndex(bool all)
    {
        lock (_gate)
        {
            if (!all && _unindexedBlobs < IndexFile.MaxBlobs)
            {
                return [];
            }

            int blobs = 0;
            return [.. _unindexed.TakeWhile((pack, i) => (blobs += pack.Blobs.Length) <= IndexFile.MaxBlobs || i == 0)];
        }
    }

    private void ThrowIfBroken()
    {
        if (_failure is OperationCanceledException)
        {
            throw RepositoryErrors.LockLost(files.Location, null);
        }

        if (_failure is not null)
        {
            throw RepositoryErrors.SessionBroken(files.Location, _failure);
        }
    }
}
