using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;

namespace SqliteBackup.Testing.Writer;

/// <summary>
/// Backs a database up into out beside it and kills itself with SIGKILL when it sees a backup that has its name and not yet its manifest, or
/// a manifest in the making. One of the two is looked for, as the mode says.
/// </summary>
internal static class ManifestCrash
{
    public static void Run(string database, string moment)
    {
        string folder = Path.Combine(Path.GetDirectoryName(database)!, "out");
        Directory.CreateDirectory(folder);
        _ = DatabaseBackup.SqliteVersion;
        string backup = "";
        new Thread(() =>
        {
            while (true)
            {
                string path = Volatile.Read(ref backup);
                bool isNow = path.Length > 0 && (moment == "staged"
                    ? Directory.EnumerateFiles(folder, Path.GetFileName(path) + BackupManifest.FileSuffix + ".partial-*").Any()
                    : File.Exists(path) && !File.Exists(path + BackupManifest.FileSuffix));
                if (isNow)
                {
                    Process.GetCurrentProcess().Kill();
                }
            }
        }) { IsBackground = true }.Start();
        Console.WriteLine("ready");
        while (true)
        {
            string path = Path.Combine(folder, $"{Guid.NewGuid():N}.db");
            Volatile.Write(ref backup, path);
            DatabaseBackup.Run(
                new BackupRequest { Database = database, Destination = path, WriteManifest = true }, null, CancellationToken.None);
        }
    }
}
