using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Sealing;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository;

/// <summary>A key of a repository. What it says of its making is what its maker wrote; it is not sealed.</summary>
/// <param name="Id">Its name: 64 hexadecimal digits.</param>
/// <param name="User">Who made it.</param>
/// <param name="Host">On which machine.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="IsCurrent">Whether the repository was opened with it.</param>
public sealed record RepositoryKey(string Id, string User, string Host, DateTime CreatedAt, bool IsCurrent)
{
    /// <summary>The location of the repository, for whoever gets keys of several.</summary>
    public string? Repository { get; init; }
}

/// <summary>
/// The keys of a repository. Each seals the same master key with a password of its own. A key that is removed no longer opens the repository;
/// who has read the master key meanwhile still can.
/// </summary>
public sealed class RepositoryKeys
{
    // A key has about half a kilobyte.
    private const long MaxBytes = 1 << 16;

    private readonly ResticRepository _repository;
    private readonly IBackupStore _store;
    private readonly MasterKey _master;
    private readonly HashId _current;

    internal RepositoryKeys(ResticRepository repository, IBackupStore store, MasterKey master, HashId current) =>
        (_repository, _store, _master, _current) = (repository, store, master, current);

    /// <summary>The keys, oldest first.</summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    public IReadOnlyList<RepositoryKey> List(CancellationToken cancellationToken) =>
    [
        .. ReadAll(_store, _repository.Options.Warn, cancellationToken)
            .Select(item => Describe(item.Id, item.Key))
            .OrderBy(key => key.CreatedAt),
    ];

    /// <summary>Adds a key.</summary>
    /// <param name="password">Its password, in UTF-8.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException">The password is empty, the repository is locked, or the store did not answer, or refused.</exception>
    public RepositoryKey Add(ReadOnlySpan<byte> password, CancellationToken cancellationToken)
    {
        ThrowIfEmpty(password, _store.Location);
        using RepositoryLock held = _repository.Lock(exclusive: false, cancellationToken);
        var key = KeyFile.Create(password, _repository.Options.NewKeys, _master, DateTimeOffset.Now);
        return Describe(Put(_store, key, cancellationToken), key);
    }

    /// <summary>Removes a key, never the last one.</summary>
    /// <param name="id">Its id, or how that begins.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.InvalidOption"/> where no key or more than one begins so, or it is the last one; or the repository is locked;
    /// or the store did not answer, or refused.
    /// </exception>
    public void Remove(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        using RepositoryLock held = _repository.Lock(exclusive: true, cancellationToken);
        HashId[] keys = [.. ReadAll(_store, _repository.Options.Warn, cancellationToken).Select(key => key.Id)];
        HashId[] named = [.. keys.Where(key => key.ToString().StartsWith(id, StringComparison.OrdinalIgnoreCase))];
        if (named.Length != 1)
        {
            throw RepositoryErrors.KeyNotFound(_store.Location, id);
        }

        if (keys.Length == 1)
        {
            throw RepositoryErrors.LastKey(_store.Location);
        }

        _store.Delete(RepositoryFileKind.Key.NameOf(named[0]), cancellationToken);
    }

    internal List<string> FindDamaged(CancellationToken cancellationToken)
    {
        var damaged = new List<string>();
        foreach (StoredFile file in _store.List(RepositoryFileKind.Key.Folder(), recurse: false, cancellationToken))
        {
            if (HashId.TryParse(file.Name.AsSpan(RepositoryFileKind.Key.Folder().Length), out HashId id) && TryRead(_store, file, id, cancellationToken) is null)
            {
                damaged.Add(file.Name);
            }
        }

        return damaged;
    }

    internal static void ThrowIfEmpty(ReadOnlySpan<byte> password, string location)
    {
        if (password.IsEmpty)
        {
            throw new SqliteBackupException(BackupFailure.InvalidOption, location, "A repository can't have an empty password.");
        }
    }

    internal static HashId Put(IBackupStore store, KeyFile key, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(key, RepositoryJson.Plain.KeyFile);
        var id = HashId.Of(json);
        store.Put(RepositoryFileKind.Key.NameOf(id), StoreContent.FromMemory(json, id.ToString()), PutMode.Replace, cancellationToken);
        return id;
    }

    internal static IEnumerable<(HashId Id, KeyFile Key)> ReadAll(IBackupStore store, Action<string>? warn, CancellationToken cancellationToken)
    {
        foreach (StoredFile file in store.List(RepositoryFileKind.Key.Folder(), recurse: false, cancellationToken).OrderByDescending(file => file.ModifiedAt))
        {
            if (HashId.TryParse(file.Name.AsSpan(RepositoryFileKind.Key.Folder().Length), out HashId id))
            {
                if (TryRead(store, file, id, cancellationToken) is KeyFile key)
                {
                    yield return (id, key);
                }
                else
                {
                    warn?.Invoke($"The key '{file.Name}' of the repository at '{store.Location}' is damaged. It opens nothing.");
                }
            }
        }
    }

    private static KeyFile? TryRead(IBackupStore store, StoredFile file, HashId id, CancellationToken cancellationToken)
    {
        if (file.Bytes > MaxBytes)
        {
            return null;
        }

        byte[] json = StoreReader.ReadAll(store, file.Name, cancellationToken);
        try
        {
            return HashId.Of(json) == id ? JsonSerializer.Deserialize(json, RepositoryJson.Plain.KeyFile) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private RepositoryKey Describe(HashId id, KeyFile key) => new(id.ToString(), key.UserName, key.HostName, key.Created.UtcDateTime, id == _current);
}
