using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Running;

/// <summary>
/// Files that a backup command was given and does not back up: they belong to backups. A folder of databases that are backed up into it, or into
/// one below, would hold twice as many files after each run.
/// </summary>
/// <param name="cmdlet">The command, whose streams say so.</param>
internal sealed class LeftOutFiles(Cmdlet cmdlet)
{
    private int _count;

    /// <summary>Leaves a backup in the making out: listed while it was made, and perhaps gone by now.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="isNamed">Whether a user named it, rather than found it.</param>
    /// <returns>Whether it was left out.</returns>
    public bool LeaveOutUnfinished(string path, bool isNamed) => !isNamed && StagingName.Matches(path) && Count(path);

    /// <summary>Leaves a backup out that was found. One that was named is backed up, with a warning.</summary>
    /// <param name="database">The file's full path.</param>
    /// <param name="isNamed">Whether a user named it, rather than found it.</param>
    /// <returns>Whether it was left out.</returns>
    public bool LeaveOutBackup(string database, bool isNamed)
    {
        if (!FolderCatalog.IsBackup(database))
        {
            return false;
        }

        if (!isNamed)
        {
            return Count(database);
        }

        cmdlet.WriteWarning($"'{database}' is a backup itself. It is backed up because it was named.");
        return false;
    }

    /// <summary>Says how many there were, if any.</summary>
    public void Tell()
    {
        if (_count > 0)
        {
            cmdlet.WriteWarning($"{_count} files were left out: they belong to backups, and were found rather than named (-Verbose tells which). Name one to back it up all the same.");
        }
    }

    private bool Count(string path)
    {
        _count++;
        cmdlet.WriteVerbose($"'{path}' was left out: it belongs to a backup.");
        return true;
    }
}
