namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>rclone on both sides: a server that speaks WebDAV, and a remote that leads to it.</summary>
public sealed class RcloneServer : LoopbackServer, IStoreServer
{
    private readonly string _rclone;
    private readonly HashSet<string> _configs = [];

    public RcloneServer()
    {
        _rclone = Programs.Find("rclone", "rclone");
        Directory.CreateDirectory(Folder["files"]);
        File.WriteAllText(Folder["empty.conf"], "");
        Start(_rclone, ["serve", "webdav", "--addr", $"127.0.0.1:{Port}", "--config", Folder["empty.conf"], Folder["files"]]);
        WaitUntilReady();
    }

    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null) => BackupStores.Open(
        StoreLocation.Parse($"rclone:remote:{place}/"),
        QuickSettings.With(StoreScheme.Rclone, settings, (StoreOptions.ConfigFile, ConfigFor(port ?? Port))));

    public void Fill(string place, int count)
    {
        string folder = Directory.CreateDirectory(Folder[place]).FullName;
        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{i:D4}.db"), [(byte)i]);
        }

        // Through the server: it does not look for files that others put into its folder.
        Run(_rclone, "copy", "--config", ConfigFor(Port), "--transfers", "8", "--no-traverse", "--no-check-dest", folder, $"remote:{place}/many");
    }

    // Written once: an rclone of another test may be reading it.
    private string ConfigFor(int port)
    {
        string config = Folder[$"rclone-{port}.conf"];
        lock (_configs)
        {
            if (_configs.Add(config))
            {
                File.WriteAllText(config, $"[remote]\ntype = webdav\nurl = http://127.0.0.1:{port}\nvendor = other\n");
            }
        }

        return config;
    }
}
