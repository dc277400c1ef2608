using System.Globalization;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Search;

/// <summary>
/// Who has a database open, as far as the kernel tells it without being asked for a lock. A process that uses a WAL database holds a lock on
/// its -shm all the time (https://sqlite.org/walformat.html#wal_locks).
/// </summary>
internal sealed class DatabaseLocks
{
    private const string Table = "/proc/locks";

    private readonly HashSet<(ulong Volume, UInt128 FileNumber)> _locked = [];

    private DatabaseLocks()
    {
    }

    /// <summary>The locks that are held now. Those of processes that this one may not see are missing.</summary>
    public static DatabaseLocks Read()
    {
        var locks = new DatabaseLocks();
        if (!OperatingSystem.IsLinux())
        {
            return locks;
        }

        try
        {
            foreach (string line in File.ReadLines(Table))
            {
                locks.Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A kernel or a sandbox without the table: then it can't be told.
        }

        return locks;
    }

    /// <summary>Whether a database is in use; null where that can't be told.</summary>
    public bool? IsInUse(string path, bool isWal)
    {
        FileStatus? sharedMemory = isWal ? Sidecars.StatusOf(path, Sidecars.SharedMemory) : null;
        if (IsLocked(FileStatus.Of(path)) || IsLocked(sharedMemory))
        {
            return true;
        }

        return isWal && sharedMemory is null && Sidecars.StatusOf(path, Sidecars.Wal) is null ? false : null;
    }

    private bool IsLocked(FileStatus? file) => file is FileStatus known && _locked.Contains((known.Volume, known.FileNumber));

    // "1: POSIX  ADVISORY  READ 4242 08:01:1234567 128 128": the sixth column is device and inode, the device in hexadecimal.
    private void Add(string line)
    {
        string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int place = Array.FindIndex(columns, column => column.Count(character => character == ':') == 2);
        string[] parts = place < 0 ? [] : columns[place].Split(':');
        if (parts.Length == 3
            && uint.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint major)
            && uint.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint minor)
            && ulong.TryParse(parts[2], CultureInfo.InvariantCulture, out ulong inode))
        {
            _locked.Add((((ulong)major << 32) | minor, inode));
        }
    }
}
