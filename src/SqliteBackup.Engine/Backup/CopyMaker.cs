using Microsoft.Data.Sqlite;
using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>Makes the private copy of a source that becomes the backup, and rewrites it without its free pages where that is asked for.</summary>
internal sealed class CopyMaker(BackupRequest request, string stagingPath, ProgressMeter meter, LockWaiter busy)
{
    /// <summary>Copies a source, whole.</summary>
    /// <exception cref="SourceChangedException">It came into use while it was read as unused.</exception>
    /// <exception cref="SqliteBackupException">It failed.</exception>
    public CopyStatistics Copy(BackupSource source, StagedFile staged)
    {
        CopyStatistics copied;
        if (!request.Compact && request.Encoding.IsPlain)
        {
            // Only what is kept need reach the disk.
            staged.BeginFlush();
        }

        using (SqliteConnection destination = SqliteConnector.OpenStaging(staged.Path))
        {
            try
            {
                copied = CopyLoop.Run(source, destination.Handle!, staged.Path, request.Copy, meter, busy);
            }
            catch (SqliteBackupException exception) when (
                !source.IsUnchanged || exception.SqliteExtendedErrorCode == SqliteErrors.ReadOnlyRollback)
            {
                // Either somebody wrote to what was read as unused, or a writer crashed and left a journal: what is needed now is another way.
                throw new SourceChangedException(request.Database);
            }
        }

        if (!source.IsUnchanged)
        {
            throw new SourceChangedException(request.Database);
        }

        ThrowUnlessComplete(staged, copied);
        staged.SetRollbackJournalMode();
        return copied;
    }

    /// <summary>
    /// Rewrites a finished copy without its free pages. From the copy and not from the database: its writers need not wait, and the pace and the
    /// pauses that were asked for hold.
    /// </summary>
    /// <returns>What replaces the copy, which is gone.</returns>
    public StagedFile Compact(StagedFile copy, CopyStatistics copied)
    {
        StagedFile compacted = StagedFile.Create(stagingPath);
        try
        {
            using (var source = new PrivateSource(copy.Path))
            {
                CopyStatistics rewritten = VacuumCopy.Run(source, compacted.Path, request.Copy, meter, busy);
                copied.PageCount = rewritten.PageCount;
                copied.ThrottledFor += rewritten.ThrottledFor;
            }

            copy.Dispose();
            if (request.Encoding.IsPlain)
            {
                compacted.BeginFlush();
            }

            return compacted;
        }
        catch
        {
            compacted.Dispose();
            throw;
        }
    }

    // The copy's pages are written behind SQLite's back in larger pieces, and what closing a file reports nobody hears.
    private void ThrowUnlessComplete(StagedFile staged, CopyStatistics copied)
    {
        // As the copy itself says: a VACUUM may have changed the source's page size after the first step.
        copied.PageSize = PageSizeOf(staged) ?? copied.PageSize;
        long expected = copied.PageCount * (long)copied.PageSize;
        long length = FileStatus.Of(staged.Path)?.Size ?? throw new SqliteBackupException(
            BackupFailure.BackupFailed,
            stagingPath,
            $"The folder of '{stagingPath}' was removed, or the copy in it, while '{request.Database}' was copied. Check who cleans up there, and back up again.");
        if (length != expected)
        {
            throw new SqliteBackupException(
                BackupFailure.BackupFailed,
                stagingPath,
                $"The copy of '{request.Database}' has {length:N0} bytes where {expected:N0} were written. Check the disk of '{stagingPath}'.");
        }
    }

    private static int? PageSizeOf(StagedFile staged)
    {
        byte[] bytes = new byte[DatabaseHeader.Length];
        using Stream content = staged.OpenStream();
        return content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
            && new DatabaseHeader(bytes) is { HasMagic: true, PageSize: > 0 } header
                ? header.PageSize
                : null;
    }
}
