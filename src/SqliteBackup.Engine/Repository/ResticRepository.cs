using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Sealing;
using SqliteBackup.Repository.Snapshots;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository;

/// <summary>
/// A repository in restic's format, version 2 (https://restic.readthedocs.io/en/stable/100_references.html), over any store. Everything in it
/// is compressed, sealed with a key that its passwords open, and stored once. Safe to use from several threads.
/// </summary>
public sealed class ResticRepository : IDisposable
{
    /// <summary>The version of restic's format that is read and written.</summary>
    public const int FormatVersion = RepositoryConfig.SupportedVersion;

    private readonly IBackupStore _store;

    private ResticRepository(IBackupStore store, RepositoryConfig config, MasterKey master, HashId keyId, RepositoryOptions options)
    {
        _store = store;
        Id = config.Id;
        Options = options;
        RepositoryCache? cache = options.CacheFolder is string folder ? new RepositoryCache(Path.Combine(folder, config.Id)) : null;
        Files = new RepositoryFiles(store, new CodecPool(master, options.CompressionLevel), cache);
        Keys = new RepositoryKeys(this, store, master, keyId);
    }

    /// <summary>Where it stands, as the store says it.</summary>
    public string Location => _store.Location;

    /// <summary>The repository's own id: 64 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Its keys, each with a password of its own.</summary>
    public RepositoryKeys Keys { get; }

    internal RepositoryOptions Options { get; }

    internal RepositoryFiles Files { get; }

    /// <summary>Makes a repository, with one key.</summary>
    /// <param name="store">Where. It remains the caller's.</param>
    /// <param name="password">The password of its first key, in UTF-8.</param>
    /// <param name="options">How it is worked with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.DestinationExists"/> where there is one; <see cref="BackupFailure.InvalidOption"/> where the password is empty;
    /// or the store did not answer, or refused.
    /// </exception>
    public static ResticRepository Create(
        IBackupStore store, ReadOnlySpan<byte> password, RepositoryOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        RepositoryKeys.ThrowIfEmpty(password, store.Location);
        if (store.Stat(RepositoryConfig.FileName, cancellationToken) is not null)
        {
            throw RepositoryErrors.Exists(store.Location);
        }

        if (store.List(RepositoryFileKind.Key.Folder(), recurse: false, cancellationToken).Any())
        {
            throw RepositoryErrors.WithoutConfig(store.Location);
        }

        var master = MasterKey.CreateRandom();
        var config = RepositoryConfig.CreateRandom();
        options ??= new RepositoryOptions();
        HashId key = RepositoryKeys.Put(store, KeyFile.Create(password, options.NewKeys, master, DateTimeOffset.Now), cancellationToken);
        using var sealer = new Sealer(master);
        byte[] bytes = sealer.SealCopy(JsonSerializer.SerializeToUtf8Bytes(config, RepositoryJson.Plain.RepositoryConfig));
        store.Put(RepositoryConfig.FileName, StoreContent.FromMemory(bytes), PutMode.CreateNew, cancellationToken);
        return new ResticRepository(store, config, master, key, options);
    }

    /// <summary>Opens a repository.</summary>
    /// <param name="store">Where it stands. It remains the caller's.</param>
    /// <param name="password">The password of one of its keys, in UTF-8.</param>
    /// <param name="options">How it is worked with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.RepositoryNotFound"/> where there is none, or none of a version that is known here;
    /// <see cref="BackupFailure.PasswordWrong"/>; <see cref="BackupFailure.StoreCorrupt"/> where its config is damaged; or the store did not
    /// answer, or refused.
    /// </exception>
    public static ResticRepository Open(
        IBackupStore store, ReadOnlySpan<byte> password, RepositoryOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (store.Stat(RepositoryConfig.FileName, cancellationToken) is null)
        {
            throw store.List(RepositoryFileKind.Key.Folder(), recurse: false, cancellationToken).Any()
                ? RepositoryErrors.WithoutConfig(store.Location)
                : RepositoryErrors.NotFound(store.Location);
        }

        byte[] stored = StoreReader.ReadAll(store, RepositoryConfig.FileName, cancellationToken);
        bool isPasswordRight = false;
        foreach ((HashId id, KeyFile key) in RepositoryKeys.ReadAll(store, options?.Warn, cancellationToken))
        {
            if (key.Open(password) is MasterKey master)
            {
                isPasswordRight = true;
                if (TryReadConfig(store.Location, stored, master) is RepositoryConfig config)
                {
                    return new ResticRepository(store, config, master, id, options ?? new RepositoryOptions());
                }
            }
        }

        throw isPasswordRight
            ? RepositoryErrors.Damaged(store.Location, RepositoryConfig.FileName, "its seal is broken")
            : RepositoryErrors.PasswordWrong(store.Location);
    }

    /// <summary>Begins to work with its backups, under a shared lock that is held until the session is disposed of.</summary>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.RepositoryLocked"/>; <see cref="BackupFailure.StoreCorrupt"/> where its index is damaged; or the store did not
    /// answer, or refused.
    /// </exception>
    public RepositorySession OpenSession(CancellationToken cancellationToken) => RepositorySession.Open(this, cancellationToken);

    /// <summary>Its backups of databases, newest first, without a lock. Others' snapshots are left out; damaged ones are warned of.</summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    public IReadOnlyList<RepositorySnapshot> List(CancellationToken cancellationToken)
    {
        var snapshots = SnapshotList.Load(Files, cancellationToken);
        foreach (SqliteBackupException damaged in snapshots.Damaged.Values)
        {
            Options.Warn(damaged.Message);
        }

        return snapshots.Ours();
    }

    /// <summary>Wipes nothing and closes nothing of the store: it remains its owner's.</summary>
    public void Dispose() => Files.Codecs.Dispose();

    internal RepositoryLock Lock(bool exclusive, CancellationToken cancellationToken, Action? meanwhile = null) =>
        RepositoryLock.Acquire(Files, exclusive, Options.LockPatience, Options.LockTimes, Options.Warn, cancellationToken, meanwhile);

    private static RepositoryConfig? TryReadConfig(string location, byte[] stored, MasterKey master)
    {
        using var sealer = new Sealer(master);
        if (!sealer.TryUnseal(stored.ToArray(), out Span<byte> plain))
        {
            return null;
        }

        RepositoryConfig config = JsonSerializer.Deserialize(plain, RepositoryJson.Plain.RepositoryConfig)!;
        return config.Version == RepositoryConfig.SupportedVersion ? config : throw RepositoryErrors.Version(location, config.Version);
    }
}
