using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>OpenSSH's sshd on loopback, with a key of its own, for PowerShell's remoting and for SFTP.</summary>
internal sealed class SshServer : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private SshServer(Process process, int port, string folder)
    {
        _process = process;
        Port = port;
        _folder = folder;
    }

    public int Port { get; }

    public string Key => Path.Combine(_folder, "key");

    public string KnownHosts => Path.Combine(_folder, "known_hosts");

    public static SshServer Start(string folder, string state)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "an ssh server of a test's own is started by root on Linux");
        Assert.SkipUnless(File.Exists("/usr/sbin/sshd"), "there is no /usr/sbin/sshd: install openssh-server");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory("/run/sshd");
        foreach (string name in (string[])["host", "key"])
        {
            using Process made = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, name)]);
            made.WaitForExit();
        }

        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        File.WriteAllText(Path.Combine(folder, "known_hosts"), $"[127.0.0.1]:{port} {File.ReadAllText(Path.Combine(folder, "host.pub"))}");
        string subsystem = Path.Combine(folder, "subsystem");
        File.WriteAllText(subsystem, $"#!/bin/sh\nexec {BuildPaths.DotNet} {BuildPaths.PowerShell} -sshs -NoLogo -NoProfile\n");
        File.SetUnixFileMode(subsystem, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string config = Path.Combine(folder, "sshd_config");
        File.WriteAllText(config, $"""
            ListenAddress 127.0.0.1:{port}
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/key.pub
            PasswordAuthentication no
            PermitRootLogin yes
            StrictModes no
            UsePAM no
            PidFile none
            SetEnv SQLITEBACKUP_STATE={state} DOTNET_ROOT={Path.GetDirectoryName(BuildPaths.DotNet)}
            Subsystem powershell {subsystem}
            Subsystem sftp internal-sftp

            """);
        Process server = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", config]) { RedirectStandardError = true })!;
        _ = server.StandardError.ReadToEndAsync();
        SpinWait.SpinUntil(() => server.HasExited || Answers(port));
        return new SshServer(server, port, folder);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
