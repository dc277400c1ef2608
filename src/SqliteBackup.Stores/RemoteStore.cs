using SqliteBackup.Storage;

namespace SqliteBackup.Stores;

/// <summary>What all stores off this machine do alike: names, errors, and a look at what really was stored.</summary>
internal abstract class RemoteStore(StoreLocation root, StoreSettings settings) : IBackupStore
{
    public string Location { get; } = root.IsFolder ? root.ToString() : root.Combine("").ToString();

    public abstract StorePromises Promises { get; }

    /// <summary>The folder that names are relative to.</summary>
    protected StoreLocation Root => root;

    /// <summary>How the store is used.</summary>
    protected StoreSettings Settings => settings;

    public StoredFile? Stat(string name, CancellationToken cancellationToken)
    {
        StoreName.ThrowUnlessSound(name);
        return Guard(name, () => Look(name, cancellationToken), cancellationToken);
    }

    public IEnumerable<StoredFile> List(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Guard(
            prefix,
            () => Enumerate(prefix, recurse, cancellationToken).Where(file => StoreName.IsSound(file.Name) && !StagingName.Matches(file.Name)).ToList(),
            cancellationToken);
    }

    public Stream OpenRead(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        StoreName.ThrowUnlessSound(name);
        return length == 0 ? Stream.Null : Guard(name, () => Open(name, offset, length, cancellationToken), cancellationToken);
    }

    public StoredFile Put(string name, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (mode == PutMode.CreateNew && Stat(name, cancellationToken) is not null)
        {
            throw Exists(name);
        }

        using var source = new UploadStream(content, PathOf(name), cancellationToken);
        try
        {
            return Guard(name, () => Upload(name, source, content, mode, cancellationToken), cancellationToken);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.DestinationExists)
        {
            // It was free a moment ago, and the libraries below send a request again by themselves whose answer was lost.
            if (OwnUpload.Find(this, name, content, cancellationToken) is StoredFile own)
            {
                return own;
            }

            throw;
        }
        catch (Exception) when (source.Fault is not null)
        {
            source.Fault.Throw();
            throw;
        }
    }

    public void Delete(string name, CancellationToken cancellationToken)
    {
        StoreName.ThrowUnlessSound(name);
        Guard(
            name,
            () =>
            {
                Remove(name, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    public void SweepAbandoned(CancellationToken cancellationToken) => Guard(
        "",
        () =>
        {
            Sweep(cancellationToken);
            return true;
        },
        cancellationToken);

    public abstract void Dispose();

    /// <summary>A file's location as users write it.</summary>
    internal string PathOf(string name) => Location + name;

    /// <summary>Runs an operation and turns what it throws into the Engine's own exception.</summary>
    internal T Guard<T>(string name, Func<T> operation, CancellationToken cancellationToken = default)
    {
        try
        {
            return operation();
        }
        catch (AggregateException exception) when (exception.InnerException is not null)
        {
            throw Translated(exception.InnerException, name, cancellationToken);
        }
        catch (Exception exception) when (exception is not SqliteBackupException)
        {
            throw Translated(exception, name, cancellationToken);
        }
    }

    /// <summary>What is known of one file, or null.</summary>
    protected abstract StoredFile? Look(string name, CancellationToken cancellationToken);

    /// <summary>The files whose names begin with a prefix.</summary>
    protected abstract IEnumerable<StoredFile> Enumerate(string prefix, bool recurse, CancellationToken cancellationToken);

    /// <summary>Opens a range of a file that is not empty.</summary>
    protected abstract Stream Open(string name, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>Stores a file, and throws unless it was kept as it was given. Nothing half-made is left on any way out.</summary>
    protected abstract StoredFile Upload(
        string name, UploadStream source, StoreContent content, PutMode mode, CancellationToken cancellationToken);

    /// <summary>Removes a file that may not be there.</summary>
    protected abstract void Remove(string name, CancellationToken cancellationToken);

    /// <summary>Removes what runs that were killed left behind a day ago or more.</summary>
    protected abstract void Sweep(CancellationToken cancellationToken);

    /// <summary>What an error of the store's library means, or null where it is none.</summary>
    protected abstract SqliteBackupException? Translate(Exception exception, string path);

    /// <summary>The error for a name that is taken.</summary>
    protected SqliteBackupException Exists(string name) => StoreErrors.Exists(PathOf(name));

    /// <summary>Throws unless a file is in the store as long as it was sent.</summary>
    protected StoredFile ThrowUnlessThere(StoredFile? stored, string name, UploadStream source) =>
        stored is null ? throw StoreErrors.Corrupt(PathOf(name), "it is not there")
        : stored.Bytes != source.Bytes ? throw StoreErrors.Corrupt(PathOf(name), $"it has {stored.Bytes:N0} bytes of {source.Bytes:N0}")
        : stored;

    /// <summary>Reads a file back and throws unless it is what was sent. For stores that state no hash of what they keep.</summary>
    protected void ThrowUnlessSame(string storedName, string name, UploadStream source, CancellationToken cancellationToken)
    {
        using var back = new HashingStream(source.Bytes == 0 ? Stream.Null : Open(storedName, 0, null, cancellationToken));
        StreamCopy.Run(back, Stream.Null, _ => cancellationToken.ThrowIfCancellationRequested());
        if (back.Count != source.Bytes || back.Sha256 != source.Sha256)
        {
            throw StoreErrors.Corrupt(PathOf(name), $"read back, its SHA-256 is {back.Sha256}, and {source.Sha256} was sent");
        }
    }

    /// <summary>Removes those of the files in the making that nobody can be at any more.</summary>
    /// <param name="files">Files of the store, in the making or not.</param>
    /// <param name="storesTime">Asks what the store's clock says: the files have their times from it, and this machine's may go wrong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected void RemoveAbandoned(IEnumerable<StoredFile> files, Func<DateTime> storesTime, CancellationToken cancellationToken)
    {
        StoredFile[] unfinished = [.. files.Where(file => StagingName.Matches(file.Name))];
        if (unfinished.Length == 0)
        {
            return;
        }

        DateTime now = storesTime();
        foreach (StoredFile file in unfinished.Where(file => now - file.ModifiedAt > settings.AbandonedAfter))
        {
            Remove(file.Name, cancellationToken);
        }
    }

    private Exception Translated(Exception exception, string name, CancellationToken cancellationToken) => exception switch
    {
        SqliteBackupException => exception,
        OperationCanceledException when cancellationToken.IsCancellationRequested => new OperationCanceledException(cancellationToken),
        OperationCanceledException or TimeoutException => StoreErrors.Unavailable(
            PathOf(name), $"there was no answer within {settings.Timeout.TotalSeconds:N0} s", exception),
        _ => Translate(exception, PathOf(name)) ?? StoreErrors.FromNetwork(exception, PathOf(name)) ?? exception,
    };
}
