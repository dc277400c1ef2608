using SqliteBackup.Platform;

namespace SqliteBackup.Restore;

/// <summary>
/// What is left of a database that is gone. SQLite would replay it into the one that takes its name
/// (https://sqlite.org/howtocorrupt.html, 1.4), so it is put aside, and put back where nothing takes the name after all.
/// </summary>
internal sealed class StaleSidecars : IDisposable
{
    private static readonly string[] Suffixes = ["-wal", "-shm", "-journal"];

    private readonly List<(string From, string To)> _moved = [];

    /// <summary>Moves them aside.</summary>
    /// <param name="database">The path of the database that is missing.</param>
    /// <param name="suffix">What their names get.</param>
    /// <param name="warn">Told of each.</param>
    public void MoveAside(string database, string suffix, Action<string> warn)
    {
        foreach (string path in Suffixes.Select(sidecar => database + sidecar).Where(path => File.Exists(path)))
        {
            string aside = path + suffix;
            FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
            {
                File.Move(path, aside);
                _moved.Add((path, aside));
                return true;
            });
            warn($"'{path}' was left of a database that is gone, and SQLite would have replayed it into the restored one. It is now '{aside}'; remove it when you are sure that nobody needs it.");
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
