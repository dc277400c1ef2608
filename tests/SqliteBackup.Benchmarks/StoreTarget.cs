using System.Collections;
using SqliteBackup.Storage;
using SqliteBackup.Testing.Servers;

namespace SqliteBackup.Benchmarks;

/// <summary>A server on loopback, and how each contender gets there.</summary>
internal sealed class StoreTarget : IDisposable
{
    private readonly LoopbackServer _server;

    private StoreTarget(LoopbackServer server) => _server = server;

    /// <summary>A location in it, which is empty.</summary>
    public required string Location { get; init; }

    /// <summary>How the location is opened.</summary>
    public required StoreSettings Settings { get; init; }

    /// <summary>What follows -StoreOption.</summary>
    public required string StoreOption { get; init; }

    /// <summary>Who logs in, where that is no option.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A file that knows <see cref="RcloneRemote"/>.</summary>
    public required string RcloneConfig { get; init; }

    /// <summary>The same place for rclone.</summary>
    public required string RcloneRemote { get; init; }

    /// <summary>The same place as a folder of this machine; null where it is none.</summary>
    public string? Folder { get; init; }

    /// <summary>A shell's command that does what it reads in the place with sftp; null where that can't get there.</summary>
    public string? SftpCommand { get; init; }

    /// <summary>Opens the place, for this process and for those that it starts.</summary>
    public IBackupStore Open()
    {
        foreach ((string name, string value) in Environment)
        {
            System.Environment.SetEnvironmentVariable(name, value);
        }

        return BackupStores.Open(StoreLocation.Parse(Location), Settings);
    }

    /// <summary>Ceph's gateway.</summary>
    /// <param name="folder">Where files may be left.</param>
    /// <param name="bytes">How much it takes.</param>
    public static StoreTarget OfRados(string folder, long bytes)
    {
        var server = new RadosGateway(bytes);
        string config = Path.Combine(folder, "rclone.conf");
        File.WriteAllText(
            config,
            $"[store]\ntype = s3\nprovider = Ceph\nendpoint = {server.Endpoint}\naccess_key_id = {server.AccessKey}\nsecret_access_key = {server.SecretKey}\n");
        return new StoreTarget(server)
        {
            Location = $"s3://{S3Server.Bucket}/bench/",
            Settings = new StoreSettings
            {
                Options = StoreOptions.Parse(StoreScheme.S3, new Hashtable { [StoreOptions.EndpointUrl] = server.Endpoint }),
                Credential = new StoreCredential(server.AccessKey, server.SecretKey),
            },
            StoreOption = $"@{{ EndpointUrl = '{server.Endpoint}' }}",
            Environment = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = server.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = server.SecretKey },
            RcloneConfig = config,
            RcloneRemote = $"store:{S3Server.Bucket}/bench/",
        };
    }

    /// <summary>OpenSSH's sshd.</summary>
    /// <param name="folder">Where files may be left.</param>
    public static StoreTarget OfSsh(string folder)
    {
        var server = new SshServer();
        string files = Directory.CreateDirectory(server.FolderOf("bench")).FullName;
        string config = Path.Combine(folder, "rclone.conf");

        // rclone asks for a key of the kind that it likes best, not of the kind that is known.
        string known = Path.Combine(folder, "known_hosts");
        File.WriteAllText(known, $"[127.0.0.1]:{server.Port} {server.HostKey}\n[127.0.0.1]:{server.Port} {server.SecondHostKey}\n");
        string user = System.Environment.UserName;
        File.WriteAllText(
            config,
            $"[store]\ntype = sftp\nhost = 127.0.0.1\nport = {server.Port}\nuser = {user}\nkey_file = {server.Key}\nknown_hosts_file = {known}\n");
        return new StoreTarget(server)
        {
            Location = $"sftp://{user}@127.0.0.1:{server.Port}{files}/",
            Settings = new StoreSettings
            {
                Options = StoreOptions.Parse(
                    StoreScheme.Sftp, new Hashtable { [StoreOptions.KeyFile] = server.Key, [StoreOptions.KnownHostsFile] = server.KnownHosts }),
            },
            StoreOption = $"@{{ KeyFile = '{server.Key}'; KnownHostsFile = '{server.KnownHosts}' }}",
            RcloneConfig = config,
            RcloneRemote = $"store:{files}/",
            Folder = files,
            SftpCommand = $"sftp -q -b - -P {server.Port} -i {server.Key} -o UserKnownHostsFile={server.KnownHosts} {user}@127.0.0.1:{files}/",
        };
    }

    public void Dispose() => _server.Dispose();
}
