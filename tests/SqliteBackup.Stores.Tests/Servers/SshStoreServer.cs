namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Places in an sshd.</summary>
public sealed class SshStoreServer : SshServer, IStoreServer
{
    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null)
    {
        if (port is not null)
        {
            Know(port.Value);
        }

        return BackupStores.Open(
            LocationOf(place, port),
            QuickSettings.With(StoreScheme.Sftp, settings, (StoreOptions.KeyFile, Key), (StoreOptions.KnownHostsFile, KnownHosts)));
    }

    /// <summary>Where a place is.</summary>
    public StoreLocation LocationOf(string place, int? port = null) =>
        StoreLocation.Parse($"sftp://{Environment.UserName}@127.0.0.1:{port ?? Port}{FolderOf(place)}/");

    public void Fill(string place, int count)
    {
        string folder = Directory.CreateDirectory(Path.Combine(FolderOf(place), "many")).FullName;
        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i:D4}.db"), [(byte)i]);
        }
    }
}
