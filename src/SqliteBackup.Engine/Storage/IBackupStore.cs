namespace SqliteBackup.Storage;

/// <summary>
/// A place where backups stand: files by name under one root, on this machine or off it. The one seam for every store; retries, limits
/// and caches are layers around it. Calls may come from several threads at once.
/// </summary>
/// <remarks>
/// A name is relative to the root, its parts divided by '/', and never leads out of it (see <see cref="StoreName"/>). What a store
/// refuses or fails leaves it as <see cref="SqliteBackupException"/>: <see cref="BackupFailure.StoreUnavailable"/> for what may pass when
/// it is tried again, <see cref="BackupFailure.StoreRefused"/> for what will not, <see cref="BackupFailure.StoreCorrupt"/> for a store that
/// kept other bytes than it was given, <see cref="BackupFailure.BackupNotFound"/> for a name that it does not have. No message has a secret in it.
/// </remarks>
public interface IBackupStore : IDisposable
{
    /// <summary>The root as users write it, ending in a separator: <c>/srv/backups/</c>, <c>s3://bucket/prefix/</c>. Without secrets.</summary>
    string Location { get; }

    /// <summary>What can be relied on in this store.</summary>
    StorePromises Promises { get; }

    /// <summary>What is known of one file, or null where the store has none of that name.</summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    StoredFile? Stat(string name, CancellationToken cancellationToken);

    /// <summary>The files whose names begin with a prefix, in no particular order. Files in the making are left out.</summary>
    /// <param name="prefix">How the names begin: a folder and a final '/', or more; empty for the root.</param>
    /// <param name="recurse">Whether files in folders below the prefix's own are listed too.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The files. A prefix that nothing begins with gives none; a missing root too.</returns>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    IEnumerable<StoredFile> List(string prefix, bool recurse, CancellationToken cancellationToken);

    /// <summary>Opens a file, or a range of it, for reading from its first byte to its last.</summary>
    /// <param name="name">The file.</param>
    /// <param name="offset">The first byte to read, from 0.</param>
    /// <param name="length">How many bytes to read, or null for all that follow. A file that ends sooner ends the stream.</param>
    /// <param name="cancellationToken">Ends the reading, also later.</param>
    /// <returns>A stream that only reads forwards. Its owner disposes of it.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.BackupNotFound"/>, or the store did not answer, or refused.</exception>
    Stream OpenRead(string name, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a file: whole, flushed where that has a meaning, compared in length and hash with what was given, or not at all. Nobody sees
    /// a part of it under its name.
    /// </summary>
    /// <param name="name">Its name. Folders in it are made.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="mode">What happens where the name is taken.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <returns>What stands there now.</returns>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.DestinationExists"/> where the name is taken, <see cref="BackupFailure.DestinationFull"/>,
    /// <see cref="BackupFailure.StoreCorrupt"/> where other bytes arrived, or the store did not answer, or refused.
    /// </exception>
    StoredFile Put(string name, StoreContent content, PutMode mode, CancellationToken cancellationToken);

    /// <summary>Removes a file. One that is not there is no error: somebody else removed it.</summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    void Delete(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what runs that were killed left behind: staging files, parts of uploads. What may still be in use, because it is younger
    /// than a day or locked, stays. No listing ever shows it, but it takes room.
    /// </summary>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    void SweepAbandoned(CancellationToken cancellationToken);
}
