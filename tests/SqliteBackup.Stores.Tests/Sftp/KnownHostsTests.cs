using System.Text;
using SqliteBackup.Stores.Sftp;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Sftp;

/// <summary>Whether a host's key is trusted is decided as ssh decides it.</summary>
public sealed class KnownHostsTests : IDisposable
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("the server's key");

    private static readonly string KeyText = Convert.ToBase64String(Key);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("host.example", 22)]
    [InlineData("HOST.example", 22)]
    [InlineData("[host.example]:2222", 2222)]
    [InlineData("other,host.example", 22)]
    [InlineData("*.example", 22)]
    [InlineData("h?st.example,!none", 22)]
    public void A_known_key_is_trusted(string names, int port) => Assert.Null(Complaint($"{names} ssh-ed25519 {KeyText} comment", port));

    [Theory]
    [InlineData("host.example", 2222)]
    [InlineData("[host.example]:2222", 22)]
    [InlineData("hostXexample", 22)]
    [InlineData("*.example,!host.example", 22)]
    [InlineData("#host.example", 22)]
    [InlineData("@cert-authority host.example", 22)]
    public void A_host_that_no_line_names_is_refused_with_its_fingerprint(string names, int port)
    {
        SqliteBackupException? complaint = Complaint($"{names} ssh-ed25519 {KeyText}", port);
        Assert.Equal(BackupFailure.StoreRefused, complaint?.Failure);
        Assert.Contains("it is not known", complaint!.Message, StringComparison.Ordinal);
        Assert.Contains("SHA256:print", complaint.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host.example", true)]
    [InlineData("other.example", false)]
    public void A_hashed_name_is_that_of_its_host_alone(string hashed, bool trusted)
    {
        string keygen = Installed.OrSkip(() => Programs.Find("ssh-keygen", "openssh-client"));
        LoopbackServer.Run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", _folder["id"]);
        string key = File.ReadAllText(_folder["id.pub"]).Split(' ')[1];
        File.WriteAllText(_folder["known_hosts"], $"{hashed} ssh-ed25519 {key}\n");
        LoopbackServer.Run(keygen, "-H", "-f", _folder["known_hosts"]);
        Assert.StartsWith("|1|", File.ReadAllText(_folder["known_hosts"]), StringComparison.Ordinal);
        Assert.Equal(trusted, Complaint(Convert.FromBase64String(key), 22) is null);
    }

    [Fact]
    public void Another_key_than_the_known_one_is_refused()
    {
        SqliteBackupException? complaint = Complaint($"host.example ssh-ed25519 {Convert.ToBase64String("another"u8)}", 22);
        Assert.Contains("is not the known one", complaint?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revoked_key_is_refused_although_it_is_known()
    {
        SqliteBackupException? complaint = Complaint($"host.example ssh-ed25519 {KeyText}\n@revoked * ssh-ed25519 {KeyText}", 22);
        Assert.Contains("revoked", complaint?.Message, StringComparison.Ordinal);
    }

    private SqliteBackupException? Complaint(string lines, int port)
    {
        File.WriteAllText(_folder["known_hosts"], lines + "\n");
        return Complaint(Key, port);
    }

    private SqliteBackupException? Complaint(byte[] key, int port) =>
        KnownHosts.Read([_folder["none"], _folder["known_hosts"]], "host.example", port).Complaint("sftp://host.example/", "ssh-ed25519", key, "print");
}
