using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Storage;

/// <summary>Where a backup may be put, and what stands in its way.</summary>
internal static class DestinationRules
{
    /// <summary>Throws unless a backup may be published at the destination.</summary>
    public static void Check(string database, string destination, bool mayExist)
    {
        // SQLite keeps the sidecars beside the file that a link leads to.
        string real = RealPath.Of(database);
        string place = RealPath.Of(destination);
        foreach (string suffix in Sidecars.WithDatabase)
        {
            if (FileStatus.IsSameFile(real + suffix, destination) || real + suffix == place || database + suffix == destination)
            {
                throw new SqliteBackupException(
                    BackupFailure.DestinationIsSource,
                    destination,
                    $"'{destination}' is the database itself{(suffix.Length > 0 ? $" (its {suffix} file)" : "")}, perhaps through a link. Choose another destination.");
            }
        }

        ThrowUnlessReplaceable(destination);
        if (Directory.Exists(destination))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationOpenFailed, destination, $"'{destination}' is a folder. End it with a separator to put the backup in it.");
        }

        // Path.Exists is false for a link that leads nowhere; its attributes are there all the same.
        if (!mayExist && (Path.Exists(destination) || new FileInfo(destination).LinkTarget is not null))
        {
            throw Exists(destination);
        }

        foreach (string suffix in Sidecars.Replayed)
        {
            if (FileStatus.Of(destination + suffix) is { Size: > 0 })
            {
                throw new SqliteBackupException(
                    BackupFailure.DestinationExists,
                    destination,
                    $"'{destination}{suffix}' lies where the backup would go: SQLite would replay it into the backup. If a program uses that database, choose another destination; if not, move the file away.");
            }
        }
    }

    /// <summary>Throws where a new file would take the place of what is none of ours to replace, whoever asks for it.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationOpenFailed"/>.</exception>
    public static void ThrowUnlessReplaceable(string destination)
    {
        ThrowIfForeignName(destination);
        if (FileStatus.OfEntry(destination) is { Kind: FileKind.Special })
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationOpenFailed, destination, $"'{destination}' is a pipe, a socket or a device, which is never replaced. Choose another destination.");
        }

        if (Sidecars.IsOne(destination) || Sidecars.IsOne(RealPath.Of(destination)))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationOpenFailed,
                destination,
                $"'{destination}' is a name that SQLite keeps for a file of the database beside it: what is written there would be read as a part of that database. Choose another destination.");
        }
    }

    /// <summary>Throws where a destination has a name that this system gives to something else.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationOpenFailed"/>.</exception>
    public static void ThrowIfForeignName(string destination) => ThrowIfForeignName(destination, OperatingSystem.IsWindows());

    /// <summary>Throws where a destination has a name that Windows gives to something else, if it is on Windows.</summary>
    internal static void ThrowIfForeignName(string destination, bool isWindows)
    {
        if (isWindows && WindowsNames.ProblemOf(destination) is string problem)
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationOpenFailed, destination, $"'{destination}' {problem}. Choose another destination, or another -FileNameFormat.");
        }
    }

    /// <summary>The exception for a name that is taken.</summary>
    public static SqliteBackupException Exists(string destination) =>
        new(BackupFailure.DestinationExists, destination, $"'{destination}' exists. Use -Force to replace it, or choose another destination.");
}
