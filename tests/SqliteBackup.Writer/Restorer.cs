using SqliteBackup.Engine;

namespace SqliteBackup.Writer;

/// <summary>Restores backups by turns into a database until it is killed or told to stop.</summary>
internal static class Restorer
{
    public static void Run(string database, string[] backups, CancellationToken stop)
    {
        Console.WriteLine("ready");
        for (int turn = 0; !stop.IsCancellationRequested; turn++)
        {
            DatabaseRestore.Run(
                new RestoreRequest
                {
                    Backup = backups[turn % backups.Length],
                    Database = database,
                    Overwrite = true,
                    TakeSafetyCopy = turn % 2 == 0,
                    SafetyCopyPath = $"{database}.safety-{Environment.ProcessId}-{turn}",
                    Copy = new CopyOptions { PagesPerStep = 20 },
                },
                null,
                CancellationToken.None);
        }
    }
}
