using SqliteBackup.Storage;
using SqliteBackup.Stores.Azure;
using SqliteBackup.Stores.Rclone;
using SqliteBackup.Stores.S3;
using SqliteBackup.Stores.Sftp;

namespace SqliteBackup.Stores;

/// <summary>Opens stores off this machine, each with retries around it. The Engine finds it by its name.</summary>
public sealed class StoreFactory : IStoreProvider
{
    /// <inheritdoc/>
    public IBackupStore Open(StoreLocation root, StoreSettings settings)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(settings);
        var retry = new RetryPolicy(settings);
        IBackupStore store = retry.Run(() => Connect(root with { IsRepository = false }, settings), CancellationToken.None);
        return new RetryingStore(store, retry);
    }

    private static RemoteStore Connect(StoreLocation root, StoreSettings settings) => root.Scheme switch
    {
        StoreScheme.S3 => new S3Store(root, settings),
        StoreScheme.Sftp => new SftpStore(root, settings),
        StoreScheme.AzureBlob => new AzureBlobStore(root, settings),
        StoreScheme.Rclone => new RcloneStore(root, settings),
        _ => throw new SqliteBackupException(BackupFailure.InvalidOption, root.ToString(), $"'{root}' is on this machine."),
    };
}
