using System.Diagnostics;

namespace SqliteBackup.Testing.Servers;

/// <summary>Ceph's gateway over a store in memory: a whole S3 that heeds conditions and hashes.</summary>
public class RadosGateway : S3Server
{
    private const string Cluster = "4aca5001-78a9-42e7-b242-91dfe98411b1";
    private const string Everything = "allow *";

    private const long DefaultBytes = 2L << 30;

    private readonly long _bytes;
    private readonly string _config;
    private readonly string _keyring;

    public RadosGateway()
        : this(DefaultBytes)
    {
    }

    /// <param name="bytes">How much it takes.</param>
    public RadosGateway(long bytes)
    {
        _bytes = bytes;
        string monitor = Programs.Find("ceph-mon", "ceph-mon");
        string disk = Programs.Find("ceph-osd", "ceph-osd");
        string gateway = Programs.Find("radosgw", "radosgw");
        string ceph = Programs.Find("ceph", "ceph-common");
        _config = Folder["ceph.conf"];
        _keyring = Folder["keyring"];
        int monitorPort = FreePort();
        Directory.CreateDirectory(Folder["mon"]);
        Directory.CreateDirectory(Folder["osd"]);
        File.WriteAllText(_config, Configuration(monitorPort));
        MakeKeys();
        Run("monmaptool", "--create", "--addv", "a", $"[v2:127.0.0.1:{monitorPort}/0]", "--fsid", Cluster, Folder["monmap"]);
        Run(monitor, "-c", _config, "-i", "a", "--mkfs", "--keyring", _keyring, "--monmap", Folder["monmap"]);
        Start(monitor, ["-f", "-c", _config, "-i", "a"]);
        WaitUntilReady(monitorPort);
        Run(ceph, "-c", _config, "--connect-timeout", "30", "osd", "new", Cluster);
        Run(disk, "-c", _config, "-i", "0", "--mkfs", "--osd-uuid", Cluster);
        Start(disk, ["-f", "-c", _config, "-i", "0"]);
        Start(gateway, ["-f", "-c", _config, "-n", "client.rgw"]);
        WaitUntilReady();
        Run("radosgw-admin", "-c", _config, "-n", "client.rgw", "user", "create", "--uid", "test", "--display-name", "test", "--access-key", AccessKey, "--secret-key", SecretKey);
        MakeBucket();
    }

    public sealed override string AccessKey => "TEST";

    public sealed override string SecretKey => "TESTSECRET";

    private void MakeKeys()
    {
        Run("ceph-authtool", "--create-keyring", _keyring, "--gen-key", "-n", "mon.", "--cap", "mon", Everything);
        foreach (string name in (string[])["client.admin", "osd.0", "client.rgw"])
        {
            Run("ceph-authtool", _keyring, "--gen-key", "-n", name, "--cap", "mon", name == "osd.0" ? "allow profile osd" : Everything, "--cap", "osd", Everything);
        }
    }

    // It listens before it is ready.
    private void MakeBucket()
    {
        for (var watch = Stopwatch.StartNew(); !TryMakeBucket(); Thread.Sleep(200))
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new InvalidOperationException("The gateway made no bucket.");
            }
        }
    }

    private string Configuration(int monitorPort) =>
        $"""
        [global]
        fsid = {Cluster}
        mon host = [v2:127.0.0.1:{monitorPort}/0]
        mon initial members = a
        run dir = {Folder.Path}
        admin socket = {Folder.Path}/$cluster-$name.asok
        log file = {Folder.Path}/$name.log
        pid file = {Folder.Path}/$name.pid
        keyring = {_keyring}
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 1
        osd pool default pgp num = 1
        osd pool default pg autoscale mode = off
        mon allow pool size one = true
        osd crush chooseleaf type = 0
        osd objectstore = memstore
        memstore device bytes = {_bytes}
        mon data = {Folder["mon"]}
        osd data = {Folder["osd"]}
        public addr = 127.0.0.1
        [client.rgw]
        rgw frontends = beast endpoint=127.0.0.1:{Port}
        rgw gc obj min wait = 1
        rgw gc processor period = 1
        rgw data = {Folder["rgw"]}

        """;
}
