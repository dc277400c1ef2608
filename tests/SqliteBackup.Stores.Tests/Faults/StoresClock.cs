using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>What is in the making on a server whose clock goes wrong is judged by that clock.</summary>
public sealed class StoresClock
{
    private const string Suffix = ".partial-0123456789abcdef";

    // Days: behind, another machine's upload would look abandoned; ahead, no leftover would ever look so.
    [Theory]
    [InlineData("-3d")]
    [InlineData("+3d")]
    public void A_running_upload_stays_and_a_leftover_goes(string skew)
    {
        using SkewedServer server = Start(skew);
        using IBackupStore store = BackupStores.Open(
            StoreLocation.Parse($"sftp://{Environment.UserName}@127.0.0.1:{server.Port}{server.FolderOf("place")}/"),
            QuickSettings.With(StoreScheme.Sftp, null, (StoreOptions.KeyFile, server.Key), (StoreOptions.KnownHostsFile, server.KnownHosts)));
        Judge(store, server);
    }

    // faketime can't change the clock of rclone's own servers: a program of Go asks the kernel itself. So rclone reaches the same server, and gives
    // files no time of its own, as with stores that know only theirs.
    [Theory]
    [InlineData("-3d")]
    [InlineData("+3d")]
    public void So_it_is_behind_rclone(string skew)
    {
        Installed.OrSkip(() => Programs.Find("rclone", "rclone"));
        using SkewedServer server = Start(skew);
        string config = server.Folder["rclone.conf"];
        File.WriteAllText(
            config,
            $"""
            [remote]
            type = sftp
            host = 127.0.0.1
            port = {server.Port}
            user = {Environment.UserName}
            key_file = {server.Key}
            shell_type = none
            set_modtime = false

            """);
        using IBackupStore store = BackupStores.Open(
            StoreLocation.Parse($"rclone:remote:{server.FolderOf("place")}/"), QuickSettings.With(StoreScheme.Rclone, null, (StoreOptions.ConfigFile, config)));
        Judge(store, server);
    }

    private static SkewedServer Start(string skew)
    {
        string faketime = Installed.OrSkip(() => Programs.Find("faketime", "faketime"));
        Assert.SkipUnless(File.Exists("/usr/lib/openssh/sftp-server"), "openssh-sftp-server is not installed.");
        return Installed.OrSkip(() => new SkewedServer($"{faketime} -f {skew}"));
    }

    private static void Judge(IBackupStore store, SkewedServer server)
    {
        string folder = Directory.CreateDirectory(server.FolderOf("place")).FullName;
        string running = Leave(folder, "running", DateTime.UtcNow);
        string left = Leave(folder, "left", DateTime.UtcNow.AddDays(-2));
        File.WriteAllText(Path.Combine(folder, "file"), "text");
        TimeSpan behind = DateTime.UtcNow - store.Stat("file", CancellationToken.None)!.ModifiedAt;
        Assert.InRange(behind.Duration(), TimeSpan.FromDays(2.9), TimeSpan.FromDays(3.1));

        store.SweepAbandoned(CancellationToken.None);

        Assert.True(File.Exists(running));
        Assert.False(File.Exists(left));
        Assert.Equal(["file", "running" + Suffix], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static string Leave(string folder, string name, DateTime written)
    {
        string path = Path.Combine(folder, name + Suffix);
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, written);
        return path;
    }

    // It says all its times by another clock.
    private sealed class SkewedServer(string clock) : SshServer(subsystem: $"{clock} /usr/lib/openssh/sftp-server");
}
