namespace SqliteBackup.Testing.Servers;

/// <summary>OpenSSH's sshd with a key and a known_hosts of its own.</summary>
public class SshServer : LoopbackServer
{
    /// <summary>Starts it.</summary>
    /// <param name="more">Lines of its configuration that it has besides.</param>
    /// <param name="subsystem">What serves files.</param>
    public SshServer(string more = "", string subsystem = "internal-sftp")
    {
        string sshd = Programs.Find("sshd", "openssh-server");
        string keygen = Programs.Find("ssh-keygen", "openssh-client");
        Run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", Folder["host"]);
        Run(keygen, "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", Folder["host_rsa"]);
        Run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", Folder["id"]);
        Run(keygen, "-q", "-t", "ed25519", "-N", "a passphrase", "-f", Folder["locked"]);
        Run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", Folder["stranger"]);
        File.WriteAllLines(Folder["authorized"], [File.ReadAllText(Folder["id.pub"]).Trim(), File.ReadAllText(Folder["locked.pub"]).Trim()]);
        Directory.CreateDirectory("/run/sshd");
        File.WriteAllText(
            Folder["sshd.conf"],
            $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {Folder["host"]}
            HostKey {Folder["host_rsa"]}
            AuthorizedKeysFile {Folder["authorized"]}
            PidFile {Folder["sshd.pid"]}
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin yes
            MaxStartups 100
            MaxSessions 100
            Subsystem sftp {subsystem}
            {more}

            """);
        Know(Port);
        Start(sshd, ["-D", "-f", Folder["sshd.conf"], "-E", Folder["sshd.log"]]);
        WaitUntilReady();
    }

    /// <summary>The file of known hosts.</summary>
    public string KnownHosts => Folder["known_hosts"];

    /// <summary>The user's key.</summary>
    public string Key => Folder["id"];

    /// <summary>A key with the passphrase "a passphrase".</summary>
    public string LockedKey => Folder["locked"];

    /// <summary>A key that the server does not take.</summary>
    public string StrangersKey => Folder["stranger"];

    /// <summary>The server's key, as known_hosts has it.</summary>
    public string HostKey => HostKeyIn("host.pub");

    /// <summary>Its key of another kind.</summary>
    public string SecondHostKey => HostKeyIn("host_rsa.pub");

    /// <summary>A place's folder on this machine.</summary>
    public string FolderOf(string place) => Folder["files/" + place];

    /// <summary>Makes the server known behind a proxy's port, too.</summary>
    public void Know(int port) => File.AppendAllText(KnownHosts, $"[127.0.0.1]:{port} {HostKey}\n");

    private string HostKeyIn(string file) => string.Join(' ', File.ReadAllText(Folder[file]).Split(' ')[..2]);
}
