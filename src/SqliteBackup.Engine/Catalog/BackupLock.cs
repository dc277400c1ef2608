using System.Diagnostics;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>
/// One at a time changes what stands under a backup's name: the file, its manifest, and what the manifest says of it. So a file and a manifest
/// that belong together are never seen beside another's, whichever process of whichever user wrote them.
/// </summary>
/// <remarks>
/// A file of the name's own, held open with an exclusive lock and named as files in the making are: what a killed process leaves is taken by the
/// next to come, or swept.
/// </remarks>
internal sealed class BackupLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(5);

    private readonly string _path;
    private readonly FileStream _file;

    private BackupLock(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Waits until nobody else changes anything under a name.</summary>
    /// <param name="backup">The backup's full path.</param>
    /// <param name="betweenTries">Called between two tries; it may throw.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.SourceBusy"/>: another holds it for too long. <see cref="BackupFailure.DestinationOpenFailed"/> or
    /// <see cref="BackupFailure.DestinationFull"/>: the folder can't be written.
    /// </exception>
    public static BackupLock Take(string backup, Action betweenTries)
    {
        string path = StagingName.ForLock(backup);
        for (var waited = Stopwatch.StartNew(); ;)
        {
            if (TryTake(path, backup) is FileStream file)
            {
                return new BackupLock(path, file);
            }

            betweenTries();
            StagingName.RemoveAbandoned(path);
            if (waited.Elapsed > Patience)
            {
                throw new SqliteBackupException(
                    BackupFailure.SourceBusy,
                    backup,
                    $"'{backup}' has been in the hands of another run for {Patience.TotalSeconds:0} seconds. Nothing was changed there. Try again; if no other run is at work, remove '{path}'.");
            }

            Thread.Sleep(BetweenTries);
        }
    }

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            _file.Dispose();
            FileErrors.TryDelete(_path);
            return;
        }

        // Gone before it is free: who waits for it makes another.
        FileErrors.TryDelete(_path);
        _file.Dispose();
    }

    // Null where somebody else has it.
    private static FileStream? TryTake(string path, string backup)
    {
        FileStream file;
        try
        {
            file = OwnerOnlyFile.Create(path, FileShare.None);
        }
        catch (IOException exception) when (IsTaken(exception))
        {
            return null;
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.Translate(exception, backup, BackupFailure.DestinationOpenFailed);
        }

        // Another's sweep may have looked at it in the instant before its lock, and removed it.
        if (OperatingSystem.IsWindows() || StagingName.IsAt(path, file.SafeFileHandle))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    // EEXIST or the refused lock; on Windows ERROR_FILE_EXISTS or a sharing violation.
    private static bool IsTaken(IOException exception) => OperatingSystem.IsWindows()
        ? exception.HResult is unchecked((int)0x80070050) or unchecked((int)0x80070020)
        : exception.HResult == 17 || exception.HResult == (OperatingSystem.IsLinux() ? 11 : 35);
}
