using SqliteBackup.Repository.Format;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository.Files;

/// <summary>The files of a repository in its store, found and compared by their names, which are the hashes of their bytes.</summary>
internal sealed class RepositoryFiles(IBackupStore store, CodecPool codecs, RepositoryCache? cache)
{
    public string Location => store.Location;

    public CodecPool Codecs => codecs;

    /// <summary>The files of a kind, with their sizes. What has no hash for a name is no part of the repository.</summary>
    public Dictionary<HashId, long> List(RepositoryFileKind kind, CancellationToken cancellationToken)
    {
        var files = new Dictionary<HashId, long>();
        foreach (StoredFile file in store.List(kind.Folder(), recurse: kind == RepositoryFileKind.Pack, cancellationToken))
        {
            if (HashId.TryParse(file.Name.AsSpan(file.Name.LastIndexOf('/') + 1), out HashId id) && file.Name == kind.NameOf(id))
            {
                files[id] = file.Bytes;
            }
        }

        return files;
    }

    /// <summary>Makes something of a file's JSON.</summary>
    public delegate T Parser<out T>(ReadOnlySpan<byte> json);

    /// <summary>Reads what the JSON of an index, a snapshot or a lock says.</summary>
    /// <exception cref="SqliteBackupException">It is not there, damaged, or the store did not answer.</exception>
    public T Load<T>(RepositoryFileKind kind, HashId id, Parser<T> parse, CancellationToken cancellationToken)
    {
        using CodecPool.Rented rented = codecs.Rent();
        return Load(rented.Codec, kind, id, parse, cancellationToken);
    }

    /// <summary>The same in the buffers of a codec: for many files, one after another.</summary>
    public T Load<T>(BlobCodec codec, RepositoryFileKind kind, HashId id, Parser<T> parse, CancellationToken cancellationToken)
    {
        byte[] bytes = LoadStored(kind, id, cancellationToken);
        return codec.TryDecodeFile(bytes, out ReadOnlySpan<byte> json) ? parse(json) : throw Damaged(kind, id, "its seal is broken");
    }

    /// <summary>Stores the JSON of a snapshot or a lock.</summary>
    /// <returns>Its name, and how many bytes it has there.</returns>
    public (HashId Id, long Bytes) Save(RepositoryFileKind kind, ReadOnlySpan<byte> json, CancellationToken cancellationToken)
    {
        using CodecPool.Rented rented = codecs.Rent();
        return Save(kind, rented.Codec.EncodeFile(json), cancellationToken);
    }

    /// <summary>Stores a file of the index.</summary>
    /// <returns>Its name.</returns>
    public HashId SaveIndex(BlobCodec codec, IReadOnlyCollection<PackContent> packs, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = codec.EncodeFile(stream => IndexFile.Write(stream, packs), IndexFile.MaxBytes(packs));
        return Save(RepositoryFileKind.Index, bytes, cancellationToken).Id;
    }

    /// <summary>Stores bytes under their hash. To put the same bytes there again, after an answer got lost, is no error.</summary>
    public void Put(RepositoryFileKind kind, HashId id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        store.Put(kind.NameOf(id), StoreContent.FromMemory(bytes, id.ToString()), PutMode.Replace, cancellationToken);

    /// <summary>Opens a part of a pack.</summary>
    public Stream OpenPack(HashId id, long offset, long? length, CancellationToken cancellationToken) =>
        store.OpenRead(RepositoryFileKind.Pack.NameOf(id), offset, length, cancellationToken);

    public void Delete(RepositoryFileKind kind, HashId id, CancellationToken cancellationToken) => store.Delete(kind.NameOf(id), cancellationToken);

    /// <summary>Removes what killed runs left half written: no list shows it.</summary>
    public void SweepAbandoned(CancellationToken cancellationToken) => store.SweepAbandoned(cancellationToken);

    /// <summary>Removes from the cache what is no longer in the store.</summary>
    public void TrimCache(RepositoryFileKind kind, IReadOnlyDictionary<HashId, long> stored) => cache?.KeepOnly(kind, stored.Keys.ToHashSet());

    public SqliteBackupException Damaged(RepositoryFileKind kind, HashId id, string what, Exception? cause = null) =>
        RepositoryErrors.Damaged(Location, kind.NameOf(id), what, cause);

    /// <summary>The bytes of a whole file, which fit its name.</summary>
    public byte[] LoadStored(RepositoryFileKind kind, HashId id, CancellationToken cancellationToken)
    {
        if (cache?.Find(kind, id) is byte[] cached && HashId.Of(cached) == id)
        {
            return cached;
        }

        byte[] bytes = StoreReader.ReadAll(store, kind.NameOf(id), cancellationToken);
        if (HashId.Of(bytes) != id)
        {
            throw Damaged(kind, id, "its bytes are not those that it has its name from");
        }

        cache?.Keep(kind, id, bytes);
        return bytes;
    }

    private (HashId Id, long Bytes) Save(RepositoryFileKind kind, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
    {
        var id = HashId.Of(sealedBytes.Span);
        Put(kind, id, sealedBytes, cancellationToken);
        cache?.Keep(kind, id, sealedBytes.Span);
        return (id, sealedBytes.Length);
    }
}
