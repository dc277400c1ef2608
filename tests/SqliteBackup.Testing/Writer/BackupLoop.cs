using SqliteBackup.Backup;

namespace SqliteBackup.Testing.Writer;

/// <summary>Backs a database up again and again, into out/loop*.db beside it, some with a manifest, until the process is killed.</summary>
internal static class BackupLoop
{
    private const int Names = 4;

    public static void Run(string database, CancellationToken stop)
    {
        string folder = Path.Combine(Path.GetDirectoryName(database)!, "out");
        Directory.CreateDirectory(folder);
        _ = DatabaseBackup.SqliteVersion;
        Console.WriteLine("ready");
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            DatabaseBackup.Run(
                new BackupRequest
                {
                    Database = database,
                    Destination = Path.Combine(folder, $"loop{i % Names}.db"),
                    Overwrite = true,
                    WriteManifest = i % 2 == 0,
                },
                null,
                CancellationToken.None);
        }
    }
}
