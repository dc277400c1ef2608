using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Sftp;

/// <summary>Who gets in at a real sshd, and whom it may be.</summary>
public sealed class SftpLoginTests(ServerFixture<SshStoreServer> fixture) : IDisposable
{
    private readonly TempFolder _folder = new();

    private SshStoreServer Server => fixture.Server;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_host_that_is_not_known_is_refused_with_its_fingerprint_and_what_to_do()
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Open(Server.Key, _folder["none"]));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.Contains("SHA256:", exception.Message, StringComparison.Ordinal);
        Assert.Contains("known_hosts", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_with_another_key_than_the_known_one_is_refused()
    {
        string another = string.Join(' ', File.ReadAllText(Server.Key + ".pub").Split(' ')[..2]);
        File.WriteAllText(_folder["known"], $"[127.0.0.1]:{Server.Port} {another}\n");
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Open(Server.Key, _folder["known"]));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.Contains("not the known one", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_known_by_its_second_kind_of_key_is_trusted()
    {
        File.WriteAllText(_folder["known"], $"[127.0.0.1]:{Server.Port} {Server.SecondHostKey}\n");
        using IBackupStore store = Open(Server.Key, _folder["known"]);
        Assert.Null(store.Stat("none", CancellationToken.None));
    }

    [Fact]
    public void A_key_with_a_passphrase_takes_it_from_the_credential()
    {
        using IBackupStore store = Open(Server.LockedKey, Server.KnownHosts, new StoreCredential("", "a passphrase"));
        Assert.Null(store.Stat("none", CancellationToken.None));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("hunter2")]
    public void A_wrong_passphrase_is_said_and_not_shown(string? passphrase)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => Open(Server.LockedKey, Server.KnownHosts, passphrase is null ? null : new StoreCredential("", passphrase)));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.Contains("-StoreCredential", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_the_server_does_not_take_is_refused()
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Open(Server.StrangersKey, Server.KnownHosts));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.Contains("-StoreCredential", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_that_is_missing_is_said()
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Open(_folder["none"], Server.KnownHosts));
        Assert.Equal(BackupFailure.InvalidOption, exception.Failure);
    }

    [Fact]
    public void A_file_has_the_rights_that_its_content_asks_for()
    {
        using IBackupStore store = Open(Server.Key, Server.KnownHosts);
        store.Put("private", StoreContents.Of("text"), PutMode.CreateNew, CancellationToken.None);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode("private"));
        var shared = new InterruptedContent([1, 2, 3], int.MaxValue, () => { }) { Rights = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead };
        store.Put("shared", shared, PutMode.CreateNew, CancellationToken.None);
        Assert.Equal(shared.Rights, Mode("shared"));
    }

    private UnixFileMode Mode(string name) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Path.Combine(Server.FolderOf("login"), name));

    private IBackupStore Open(string key, string knownHosts, StoreCredential? credential = null) => BackupStores.Open(
        Server.LocationOf("login"),
        QuickSettings.With(
            StoreScheme.Sftp, QuickSettings.Value with { Credential = credential }, (StoreOptions.KeyFile, key), (StoreOptions.KnownHostsFile, knownHosts)));
}
