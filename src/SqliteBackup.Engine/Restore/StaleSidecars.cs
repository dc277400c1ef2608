using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Restore;

/// <summary>
/// What is left of a database that is gone. SQLite would replay it into the one that takes its name
/// (https://sqlite.org/howtocorrupt.html, 1.4), so it is put aside, and put back where nothing takes the name after all.
/// </summary>
internal sealed class StaleSidecars : IDisposable
{
    private readonly List<(string From, string To)> _moved = [];

    /// <summary>Moves them aside.</summary>
    /// <param name="database">The path of the database that is missing.</param>
    /// <param name="suffix">What their names get.</param>
    /// <param name="warn">Told of each.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationExists"/>: a program has made the database meanwhile, and they are its own.</exception>
    public void MoveAside(string database, string suffix, Action<string> warn)
    {
        string[] left = [.. Sidecars.Suffixes.Select(sidecar => database + sidecar).Where(path => File.Exists(path))];
        if (left.Length == 0)
        {
            return;
        }

        // Asked at the last moment, and again once they are away: what was moved for an instant only is put back by disposal.
        ThrowIfMade(database);
        foreach (string path in left)
        {
            string aside = path + suffix;
            FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
            {
                File.Move(path, aside);
                _moved.Add((path, aside));
                return true;
            });
        }

        ThrowIfMade(database);
        foreach ((string path, string aside) in _moved)
        {
            warn($"'{path}' was left of a database that is gone, and SQLite would have replayed it into the restored one. It is now '{aside}'; remove it when you are sure that nobody needs it.");
        }
    }

    private static void ThrowIfMade(string database)
    {
        if (FileStatus.OfEntry(database) is not null)
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationExists,
                database,
                $"'{database}' was made by another program while the backup was copied. It and its -wal are as they were, and nothing was restored. Use -Force to replace its content, or restore to another path.");
        }
    }

    /// <summary>Leaves them aside for good.</summary>
    public void Keep() => _moved.Clear();

    public void Dispose()
    {
        foreach ((string from, string to) in _moved)
        {
            FileErrors.Guard(from, BackupFailure.RestoreFailed, () =>
            {
                File.Move(to, from);
                return true;
            });
        }
    }
}
