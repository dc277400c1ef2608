using SqliteBackup.Stores.Sftp;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Sftp;

/// <summary>A file that a server hashes itself, and one that has to come back instead.</summary>
public sealed class RemoteHashTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _content = StoreContents.Bytes(9_000_000);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_server_that_runs_commands_hashes_a_file_whose_name_would_mean_something_without_quotes()
    {
        using SshServer server = Installed.OrSkip(() => new SshServer());
        string path = _folder["ü its `$HOME` \"x\"; exit.db"];
        File.WriteAllBytes(path, _content);

        Assert.Equal(StoreContents.Of(_content).Sha256, new RemoteHash(LoginTo(server)).Find(path, _content.Length, TestContext.Current.CancellationToken));
    }

    // What ends quotes in one shell does not in another, and nobody says which one the server has. fish would run the command in the second.
    [Theory]
    [InlineData("it's.db")]
    [InlineData("a\\';exit;'.db")]
    [InlineData("two\nlines.db")]
    public void A_name_that_not_every_shell_takes_for_one_is_never_sent(string name)
    {
        using SshServer server = Installed.OrSkip(() => new SshServer());
        string path = _folder[name];
        File.WriteAllBytes(path, _content);

        Assert.Null(new RemoteHash(LoginTo(server)).Find(path, _content.Length, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_server_that_serves_files_alone_tells_no_hash_and_stores_all_the_same()
    {
        using SshServer server = Installed.OrSkip(() => new SshServer("ForceCommand internal-sftp"));
        using IBackupStore store = Open(server);

        store.Put("file", StoreContents.Of(_content), PutMode.CreateNew, TestContext.Current.CancellationToken);

        Assert.Equal(_content, File.ReadAllBytes(_folder["place/file"]));
        Assert.Null(new RemoteHash(LoginTo(server)).Find(_folder["place/file"], _content.Length, TestContext.Current.CancellationToken));
    }

    // The damage comes with the question: a disk that loses what it took.
    [Theory]
    [InlineData("printf x | dd of={0} conv=notrunc 2>/dev/null; eval \"$SSH_ORIGINAL_COMMAND\"", BackupFailure.StoreCorrupt)]
    [InlineData("eval \"$SSH_ORIGINAL_COMMAND\" | tr 0123456789abcdef 123456789abcdef0", null)]
    public void Another_hash_has_the_file_read_and_decides_nothing(string answer, BackupFailure? expected)
    {
        string place = _folder["place"];
        File.WriteAllText(
            _folder["command"],
            $"case \"$SSH_ORIGINAL_COMMAND\" in *sftp*) exec /usr/lib/openssh/sftp-server;; *partial*) {answer.Replace("{0}", $"\"$(ls {place}/*.partial-*)\"", StringComparison.Ordinal)};; *) eval \"$SSH_ORIGINAL_COMMAND\";; esac");
        Assert.SkipUnless(File.Exists("/usr/lib/openssh/sftp-server"), "openssh-sftp-server is not installed.");
        using SshServer server = Installed.OrSkip(() => new SshServer($"ForceCommand sh {_folder["command"]}"));
        using IBackupStore store = Open(server);

        Exception? thrown = Record.Exception(() => store.Put("file", StoreContents.Of(_content), PutMode.CreateNew, TestContext.Current.CancellationToken));

        Assert.Equal(expected, (thrown as SqliteBackupException)?.Failure);
        Assert.Equal(expected is null ? ["file"] : [], StoreContents.Names(store));
        Assert.Equal(expected is null ? 1 : 0, Directory.GetFiles(place).Length);
    }

    private StoreLocation LocationIn(SshServer server) => StoreLocation.Parse($"sftp://{Environment.UserName}@127.0.0.1:{server.Port}{_folder["place"]}/");

    private IBackupStore Open(SshServer server) => BackupStores.Open(LocationIn(server), SettingsFor(server));

    private SftpLogin LoginTo(SshServer server) => new(LocationIn(server), SettingsFor(server));

    private static StoreSettings SettingsFor(SshServer server) =>
        QuickSettings.With(StoreScheme.Sftp, null, (StoreOptions.KeyFile, server.Key), (StoreOptions.KnownHostsFile, server.KnownHosts));
}
