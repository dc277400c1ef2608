using SqliteBackup.Testing.Servers;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>OpenSSH's sshd on loopback, for PowerShell's remoting and for SFTP.</summary>
internal static class SshHost
{
    /// <summary>Starts it, or skips the test.</summary>
    /// <param name="state">The folder of running backups that its sessions use.</param>
    public static SshServer Start(string state)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "an ssh server of a test's own is started by root on Linux");
        try
        {
            return new SshServer($"""
                SetEnv SQLITEBACKUP_STATE={state} DOTNET_ROOT={Path.GetDirectoryName(BuildPaths.DotNet)}
                Subsystem powershell {BuildPaths.DotNet} {BuildPaths.PowerShell} -sshs -NoLogo -NoProfile
                """);
        }
        catch (MissingProgramException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
