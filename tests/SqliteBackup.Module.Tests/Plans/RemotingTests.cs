using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>A plan on another machine: over PowerShell's own remoting, through a real ssh server on loopback.</summary>
public sealed class RemotingTests : ModuleTest
{
    [Fact]
    public void A_plan_runs_on_another_machine_and_its_result_errors_and_warnings_come_back()
    {
        using SshServer server = SshServer.Start(Folder["ssh"], Folder["state"]);
        Create("app.db");
        Create("gone.db");
        File.WriteAllText(Folder["first.psd1"], "@{ Databases = 'app.db', 'gone.db'; Destinations = 'out'; Tell = @{ Summary = $false } }");
        string script = Folder["fleet.ps1"];
        File.WriteAllText(script, $$"""
            $options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
            $hosts = '127.0.0.1'
            $run = { Import-Module '{{BuildPaths.StagedModule}}'; Invoke-SqliteBackupPlan '{{Folder["first.psd1"]}}' }
            $results = foreach ($night in 1, 2) {
                Invoke-Command -HostName $hosts -Port {{server.Port}} -KeyFilePath '{{server.Key}}' -Options $options $run -ErrorVariable failed -ErrorAction SilentlyContinue
                Remove-Item -LiteralPath '{{Folder["gone.db"]}}' -ErrorAction Ignore
            }
            $results | ForEach-Object { "$($_.PSComputerName) $($_.Status) $($_.ExitCode) $($_.Databases.Count) $($_.Databases[0].Status) $($_.Databases[0].Bytes)" }
            "errors: $($failed.Count) $($failed.FullyQualifiedErrorId)"
            """);

        using var fleet = new ModuleProcess(PowerShellStart.Plain("-File", script), Folder.Path);
        _ = fleet.Join();

        string[] all = fleet.Output.Trim().Split('\n', StringSplitOptions.TrimEntries);
        string[] lines = [.. all.Where(line => !line.StartsWith("WARNING: ", StringComparison.Ordinal))];
        long bytes = new FileInfo(Folder["app.db"]).Length;
        Assert.Equal($"127.0.0.1 Ok 0 2 Ok {bytes}", lines[0]);
        Assert.StartsWith($"127.0.0.1 Failed 1 1 Ok {bytes}", lines[1], StringComparison.Ordinal);
        Assert.Equal("errors: 1 FileNotFound", lines[2].Split(',')[0]);
        Assert.Contains("gone.db' was backed up by the last run and is gone", Assert.Single(all.Except(lines)), StringComparison.Ordinal);
        Assert.Equal(3, Folder.Backups("out").Length);
    }

    /// <summary>An ssh server of the test's own, with keys of its own and PowerShell as a subsystem.</summary>
    private sealed class SshServer : IDisposable
    {
        private readonly Process _process;

        private SshServer(Process process, int port, string key)
        {
            _process = process;
            Port = port;
            Key = key;
        }

        public int Port { get; }

        public string Key { get; }

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

                """);
            Process server = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", config]) { RedirectStandardError = true })!;
            _ = server.StandardError.ReadToEndAsync();
            WaitUntil(() => server.HasExited || Answers(port));
            return new SshServer(server, port, Path.Combine(folder, "key"));
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
}
