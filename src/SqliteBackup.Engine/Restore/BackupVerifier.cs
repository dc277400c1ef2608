using Microsoft.Data.Sqlite;
using SqliteBackup.Catalog;
using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;

namespace SqliteBackup.Restore;

/// <summary>Verifies a backup before anything is touched: what was recorded of it, its header, its content.</summary>
/// <param name="request">The restore.</param>
/// <param name="meter">Hears of progress.</param>
/// <param name="busy">Waits for locks on the backup.</param>
internal sealed class BackupVerifier(RestoreRequest request, ProgressMeter meter, LockWaiter busy)
{
    private string Backup => request.Backup;

    /// <summary>Verifies it.</summary>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.FileNotFound"/>, <see cref="BackupFailure.NotADatabase"/>, <see cref="BackupFailure.ChecksumMismatch"/>,
    /// <see cref="BackupFailure.IntegrityCheckFailed"/> or <see cref="BackupFailure.SourceBusy"/>.
    /// </exception>
    public VerifiedBackup Run()
    {
        meter.Enter(BackupState.Checking);
        BackupReader reader = BackupReader.Open(Backup, request.Identities);
        if (reader.IsEncoded)
        {
            return OpenPrivate(staged => reader.Extract(staged, isForKeeps: true, _ => busy.ThrowIfOver()));
        }

        FileStatus? status = FileStatus.Of(Backup);
        if (NeedsRecovery())
        {
            VerifyRecorded(reader);
            return OpenPrivate(Recover);
        }

        RawDatabaseFile file = RawDatabaseFile.Open(Backup);
        try
        {
            busy.Retry(() => file.TryLockShared() ? raw.SQLITE_OK : raw.SQLITE_BUSY);
            CheckHeader(file, Backup);
            VerifyBoth(reader);
            return new VerifiedBackup(Backup, status, null, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Throws unless SQLite finds the content whole.</summary>
    public void CheckContent(string path)
    {
        if (request.Verify == VerifyLevel.None)
        {
            return;
        }

        meter.Enter(BackupState.Checking);
        IntegrityResult answer = IntegrityCheck.Run(path, isPrivate: false, request.Verify, checkForeignKeys: false, () => busy.IsOver);
        busy.ThrowIfOver();
        foreach (string sentence in answer.LeftOut)
        {
            meter.Warn($"'{Backup}': {sentence}");
        }

        if (answer.Status != IntegrityStatus.Ok)
        {
            string findings = string.Join("; ", answer.Findings);
            throw new SqliteBackupException(
                BackupFailure.IntegrityCheckFailed,
                Backup,
                answer.Status == IntegrityStatus.Corrupt
                    ? $"The backup '{Backup}' is corrupt: {findings}. '{request.Database}' was not touched. Use another backup."
                    : $"The backup '{Backup}' could not be checked: {findings}. '{request.Database}' was not touched. -Verify None restores it unchecked.");
        }
    }

    // Side by side. What was recorded has the first word: a file that is not what was written is that, whatever SQLite thinks of it.
    private void VerifyBoth(BackupReader reader)
    {
        using var recorded = new SideWork<bool>(
            token =>
            {
                VerifyRecorded(reader, token);
                return true;
            },
            CancellationToken.None);
        try
        {
            CheckContent(Backup);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.IntegrityCheckFailed)
        {
            recorded.Wait();
            throw;
        }

        recorded.Wait();
    }

    private void VerifyRecorded(BackupReader reader, CancellationToken cancellationToken = default)
    {
        if (reader.Manifest is not null)
        {
            reader.Verify(_ =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                busy.ThrowIfOver();
            });
        }
    }

    // A WAL or a journal beside it may hold commits, or what takes half a commit back; a header that says WAL would follow into the target.
    private bool NeedsRecovery()
    {
        using RawDatabaseFile file = RawDatabaseFile.Open(Backup);
        DatabaseHeader header = CheckHeader(file, Backup);
        return header.IsWal || Sidecars.StatusOf(file.RealPath, Sidecars.Wal) is { Size: > 0 } || Sidecars.StatusOf(file.RealPath, Sidecars.Journal) is { Size: > 0 };
    }

    private VerifiedBackup OpenPrivate(Action<StagedFile> fill)
    {
        StagedFile staged = StagedFile.Create(request.Database);
        RawDatabaseFile? file = null;
        try
        {
            fill(staged);
            using (RawDatabaseFile filled = RawDatabaseFile.Open(staged.Path))
            {
                CheckHeader(filled, Backup);
            }

            staged.SetRollbackJournalMode();
            CheckContent(staged.Path);
            file = RawDatabaseFile.Open(staged.Path);
            return new VerifiedBackup(Backup, null, staged, file);
        }
        catch
        {
            file?.Dispose();
            staged.Dispose();
            throw;
        }
    }

    private void Recover(StagedFile staged)
    {
        using BackupSource source = new SourceOpener(Backup, busy, () => StagedFile.Create(request.Database)).Open();
        using SqliteConnection destination = SqliteConnector.OpenStaging(staged.Path);
        CopyLoop.Run(source, destination.Handle!, staged.Path, request.Copy, meter, busy);
        if (!source.IsUnchanged)
        {
            throw new SqliteBackupException(
                BackupFailure.SourceBusy, Backup, $"'{Backup}' came into use while it was read. '{request.Database}' was not touched. Back it up first, and restore that backup.");
        }
    }

    private static DatabaseHeader CheckHeader(RawDatabaseFile file, string path)
    {
        DatabaseHeader header = file.ReadHeader();
        HeaderCheck.ThrowUnlessDatabase(path, header, FileStatus.Of(file.RealPath)?.Size ?? 0, () =>
        {
            byte[] beginning = new byte[1024];
            _ = file.Read(0, beginning);
            return beginning;
        });
        return header;
    }
}
