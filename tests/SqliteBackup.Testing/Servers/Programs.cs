namespace SqliteBackup.Testing.Servers;

/// <summary>Programs that servers are started from, and what to install where one is missing.</summary>
public static class Programs
{
    private static readonly string[] Folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/lib/openssh", "/opt/npmstores"];

    /// <summary>The path of a program.</summary>
    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public static string Find(string program, string package) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new MissingProgramException($"{program} is not installed: install the package '{package}'.");

    /// <summary>The path of a script in an npm package.</summary>
    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public static string FindScript(string package, string script)
    {
        string? folder = Environment.GetEnvironmentVariable("SQLITEBACKUP_NPM");
        string[] roots = folder is null ? ["/opt/npmstores/node_modules"] : [Path.Combine(folder, "node_modules"), folder];
        return roots.Select(root => Path.Combine(root, package, script)).FirstOrDefault(File.Exists)
            ?? throw new MissingProgramException($"{package} is not installed: install npm's package '{package}' into a folder and set SQLITEBACKUP_NPM to it.");
    }
}
