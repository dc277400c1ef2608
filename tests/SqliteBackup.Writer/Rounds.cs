using SqliteBackup.Engine;

namespace SqliteBackup.Writer;

/// <summary>
/// Does one backup or restore for each line of its standard input and answers each with a line: done, or the error's id and message. Who
/// asks knows when a round begins, and so where in it a kill falls.
/// </summary>
internal static class Rounds
{
    public static bool TryRun(string database, string mode)
    {
        Action<string>? round = mode switch
        {
            "backup-rounds" => name => BackUp(database, name),
            "restore-rounds" => backup => Restore(database, backup, takeSafetyCopy: false),
            "safe-restore-rounds" => backup => Restore(database, backup, takeSafetyCopy: true),
            _ => null,
        };
        if (round is null)
        {
            return false;
        }

        _ = DatabaseBackup.SqliteVersion;
        Console.WriteLine("ready");
        while (Console.In.ReadLine() is string line)
        {
            try
            {
                round(line);
                Console.WriteLine("done");
            }
            catch (SqliteBackupException exception)
            {
                Console.WriteLine($"{exception.Failure}: {exception.Message}");
            }
        }

        return true;
    }

    private static void BackUp(string database, string name) => DatabaseBackup.Run(
        new BackupRequest
        {
            Database = database,
            Destination = Path.Combine(Path.GetDirectoryName(database)!, "out", name),
            Overwrite = true,
            WriteManifest = name.StartsWith("shelf", StringComparison.Ordinal),
        },
        null,
        CancellationToken.None);

    private static void Restore(string database, string backup, bool takeSafetyCopy) => DatabaseRestore.Run(
        new RestoreRequest
        {
            Backup = backup,
            Database = database,
            Overwrite = true,
            TakeSafetyCopy = takeSafetyCopy,
            SafetyCopyPath = $"{database}.safety-{Guid.NewGuid():N}",
        },
        null,
        CancellationToken.None);
}
