namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Programs that tests start, and what to install where one is missing.</summary>
internal static class Programs
{
    private static readonly string[] Folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/lib/openssh", "/opt/npmstores"];

    /// <summary>The path of a program, or the test skips.</summary>
    public static string Find(string program, string package) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? Missing(program, $"install the package '{package}'");

    /// <summary>The path of a script in an npm package, or the test skips.</summary>
    public static string FindScript(string package, string script)
    {
        string? folder = Environment.GetEnvironmentVariable("SQLITEBACKUP_NPM");
        string[] roots = folder is null ? ["/opt/npmstores/node_modules"] : [Path.Combine(folder, "node_modules"), folder];
        return roots.Select(root => Path.Combine(root, package, script)).FirstOrDefault(File.Exists)
            ?? Missing(package, $"install npm's package '{package}' into a folder and set SQLITEBACKUP_NPM to it");
    }

    private static string Missing(string what, string advice)
    {
        Assert.Skip($"{what} is not installed: {advice}.");
        return "";
    }
}
