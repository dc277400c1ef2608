using System.Security.Cryptography;

namespace SqliteBackup.Testing;

/// <summary>
/// A folder's files with the hash of each, to show that it looks afterwards as it looked before. The content of a -shm is left out: it is
/// memory that its readers share.
/// </summary>
/// <remarks>
/// It opens and closes the files, which drops the locks that this process holds on them: only take it while the test itself has
/// no connection to the database.
/// </remarks>
public static class FolderSnapshot
{
    public static string[] Take(string folder) =>
        [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(Describe)];

    private static string Describe(string path) =>
        path.EndsWith("-shm", StringComparison.Ordinal)
            ? Path.GetFileName(path)
            : $"{Path.GetFileName(path)} {HashOf(path)}";

    // Windows lets nobody read a file that another program has open to write, unless he shares that.
    private static string HashOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}
