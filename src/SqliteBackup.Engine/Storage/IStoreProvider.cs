namespace SqliteBackup.Storage;

/// <summary>Opens stores off this machine. The one who does lives in an assembly of its own, which is loaded on first use.</summary>
public interface IStoreProvider
{
    /// <summary>Opens a store.</summary>
    /// <param name="root">The folder that names in it are relative to.</param>
    /// <param name="settings">How.</param>
    /// <returns>The store. Its owner disposes of it.</returns>
    /// <exception cref="SqliteBackup.SqliteBackupException">It can't be reached, refuses, or an option is wrong.</exception>
    IBackupStore Open(StoreLocation root, StoreSettings settings);
}
