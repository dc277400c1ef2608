using SqliteBackup.Backup;
using SqliteBackup.Restore;
using SqliteBackup.Sql;
using SqliteBackup.Verify;

namespace SqliteBackup.Testing.Writer;

/// <summary>
/// Does one backup or restore for each line of its standard input and answers each with a line: done, or the error's id and message. Who
/// asks knows when a round begins, and so where in it a kill falls.
/// </summary>
internal static class Rounds
{
    public static bool TryRun(string database, string mode)
    {
        Func<string, string>? round = mode switch
        {
            "backup-rounds" => name => Done(() => BackUp(database, name)),
            "restore-rounds" => backup => Done(() => Restore(database, backup, takeSafetyCopy: false)),
            "safe-restore-rounds" => backup => Done(() => Restore(database, backup, takeSafetyCopy: true)),
            "any-rounds" => line => Any(database, line.Split('|')),
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
                Console.WriteLine(round(line));
            }
            catch (SqliteBackupException exception)
            {
                Console.WriteLine($"{exception.Failure}: {exception.Message}");
            }
        }

        return true;
    }

    // "verb|path": each is one of the ways in which the module makes or replaces a file.
    private static string Any(string database, string[] words)
    {
        string path = words[1];
        switch (words[0])
        {
            case "backup":
                DatabaseBackup.Run(new BackupRequest { Database = database, Destination = path, Overwrite = true }, null, default);
                break;
            case "force":
                DatabaseBackup.Run(new BackupRequest { Database = database, Destination = path, Overwrite = true, WriteManifest = true }, null, default);
                break;
            case "compress":
                DatabaseBackup.Run(
                    new BackupRequest { Database = database, Destination = path, Overwrite = true, WriteManifest = true, Compression = BackupCompression.Gzip }, null, default);
                break;
            case "restore":
                Restore(database, path, takeSafetyCopy: false);
                break;
            case "safe-restore":
                Restore(database, path, takeSafetyCopy: true);
                break;
            case "restore-new":
                DatabaseRestore.Run(new RestoreRequest { Backup = database, Database = path }, null, default);
                break;
            case "export":
                SqlExport.ToFile(new ExportRequest { Database = database }, path, overwrite: true, null, default);
                break;
            case "import":
                SqlImport.Run(new ImportRequest { Path = path, Destination = path + ".db", Overwrite = true }, null, default);
                break;
            case "test":
                BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = path }, default);
                return $"{result.Status}: {string.Join("; ", result.Findings)}";
            default:
                throw new ArgumentException(words[0]);
        }

        return "done";
    }

    private static string Done(Action round)
    {
        round();
        return "done";
    }

    private static void BackUp(string database, string name) => DatabaseBackup.Run(
        new BackupRequest
        {
            Database = database,
            Destination = Path.Combine(Path.GetDirectoryName(database)!, "out", name),
            Overwrite = true,
            WriteManifest = name.StartsWith("manifest", StringComparison.Ordinal),
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
