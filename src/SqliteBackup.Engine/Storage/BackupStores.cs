namespace SqliteBackup.Storage;

/// <summary>Opens the store of any location.</summary>
public static class BackupStores
{
    private const string RemoteProvider = "SqliteBackup.Stores.StoreFactory, SqliteBackup.Stores";

    // By name: nothing of it is loaded before a location names a store off this machine, and the Engine knows no network.
    private static readonly Lazy<IStoreProvider> Remote = new(
        () => (IStoreProvider)Activator.CreateInstance(Type.GetType(RemoteProvider, throwOnError: true)!)!);

    /// <summary>Opens a store. Options and credentials are looked at; a server may first be asked when the store is used.</summary>
    /// <param name="root">
    /// The folder that names in the store are relative to, with or without a separator at its end; for a path, a full one. Whether a
    /// repository is in it makes no difference.
    /// </param>
    /// <param name="settings">How.</param>
    /// <returns>The store. Its owner disposes of it.</returns>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.InvalidOption"/> for an option that is wrong, <see cref="BackupFailure.StoreUnavailable"/> where it can't be
    /// reached or the assembly that knows such stores is missing, <see cref="BackupFailure.StoreRefused"/> where it says no.
    /// </exception>
    public static IBackupStore Open(StoreLocation root, StoreSettings settings)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(settings);
        return root.IsRemote ? Provider(root).Open(root, settings) : new LocalStore(root.Path);
    }

    private static IStoreProvider Provider(StoreLocation root)
    {
        try
        {
            return Remote.Value;
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or TypeLoadException)
        {
            throw new SqliteBackupException(
                BackupFailure.StoreUnavailable,
                root.ToString(),
                $"'{root}' can't be opened: SqliteBackup.Stores.dll, or a library that it needs, is missing from the module or can't be loaded. Install the module again. {exception.Message}",
                innerException: exception);
        }
    }
}
