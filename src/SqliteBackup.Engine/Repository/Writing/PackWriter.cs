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
    // In memory at once: one on its way while another is filled. A third would cost 16 MB, and a local disk takes one faster than it is filled.
    private const int MaxPacks = 2;

    private readonly object _gate = new();
    private readonly object _indexGate = new();
    private readonly HashSet<(BlobKind Kind, HashId Id)> _pending = [];
    private readonly Dictionary<BlobKind, PackBuilder> _open = [];
    private readonly ConcurrentBag<PackBuilder> _free = [];
    private readonly List<Task> _uploads = [];
    private readonly List<PackContent> _unindexed = [];

    // One for all files of the index: each takes megabytes, and they go through one buffer.
    private CodecPool.Rented? _indexCodec;
    private int _unindexedBlobs;
    private int _live;
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
        lock (_gate)
        {
            while (true)
            {
                ThrowIfBroken();
                if (index.Contains(kind, id) || _pending.Contains((kind, id)))
                {
                    return false;
                }

                if (_open.TryGetValue(kind, out PackBuilder? builder))
                {
                    if (builder.TryAppend(id, sealedBlob, plainLength))
                    {
                        _pending.Add((kind, id));
                        PendingBytes += sealedBlob.Length;
                        if (builder.IsFull)
                        {
                            Close(builder);
                        }

                        return true;
                    }

                    Close(builder);
                }

                // A pack of each kind may be open: where there are more, some are on their way, and end.
                if (_live < MaxPacks)
                {
                    Open(kind, sealedBlob.Length);
                }
                else
                {
                    Monitor.Wait(_gate);
                }
            }
        }
    }

    /// <summary>Stores all that was added before, and the index of it. Whatever refers to it may be written then.</summary>
    /// <exception cref="SqliteBackupException">Something can't be stored.</exception>
    public void Flush(CancellationToken cancellationToken)
    {
        Task[] uploads;
        lock (_gate)
        {
            ThrowIfBroken();
            Array.ForEach(_open.Values.ToArray(), Close);
            uploads = [.. _uploads];
        }

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
            Monitor.PulseAll(_gate);
            uploads = [.. _uploads];
        }

        Task.WaitAll(uploads);
        lock (_indexGate)
        {
            _indexCodec?.Dispose();
            _indexCodec = null;
        }
    }

    private void Open(BlobKind kind, int sealedLength)
    {
        int size = PackBuilder.BufferSizeFor(sealedLength);
        PackBuilder pack = size == PackBuilder.BufferSize && _free.TryTake(out PackBuilder? free) ? free : new PackBuilder(size);
        pack.Begin(kind);
        _open[kind] = pack;
        _live++;
    }

    // Known as an upload from the instant in which it is no longer open: a flush misses nothing.
    private void Close(PackBuilder pack)
    {
        _open.Remove(pack.Kind);
        _uploads.RemoveAll(upload => upload.IsCompleted);

        // On a thread of its own: those of the pool may all be waiting for it.
        _uploads.Add(Task.Factory.StartNew(() => Store(pack), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
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
            if (pack.IsReusable)
            {
                _free.Add(pack);
            }

            if (WriteIndex(all: false))
            {
                // By itself the runtime lets the youngest garbage grow with the processor's cache, which is hundreds of megabytes on some
                // machines. Since the last file it was a few megabytes, mostly lists of blobs. This takes a millisecond or two.
                GC.Collect(1);
            }
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
            lock (_gate)
            {
                _live--;
                Monitor.PulseAll(_gate);
            }
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
    private bool WriteIndex(bool all)
    {
        bool hasWritten = false;
        lock (_indexGate)
        {
            for (PackContent[] packs = NextForIndex(all); packs.Length > 0; packs = NextForIndex(all))
            {
                _indexCodec ??= files.Codecs.Rent();
                IndexFiles.Add(files.SaveIndex(_indexCodec.Value.Codec, packs, lost));
                lock (_gate)
                {
                    _unindexed.RemoveRange(0, packs.Length);
                    _unindexedBlobs -= packs.Sum(pack => pack.Blobs.Length);
                }

                hasWritten = true;
            }
        }

        return hasWritten;
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
