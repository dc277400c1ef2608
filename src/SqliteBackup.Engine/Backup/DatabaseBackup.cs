using Microsoft.Data.Sqlite;
using SqliteBackup.Catalog;
using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>Backs up one database to one file: open, copy, check, publish.</summary>
public sealed class DatabaseBackup
{
    // How often a source that came into use while it was read as unused is opened again, each time the way that then fits.
    private const int MaxAttempts = 5;

    private readonly BackupRequest _request;
    private readonly ProgressMeter _meter;
    private readonly LockWaiter _busy;
    private readonly CancellationToken _cancellationToken;

    private DatabaseBackup(BackupRequest request, IBackupObserver? observer, BackupControl control, CancellationToken cancellationToken)
    {
        _request = request;
        _cancellationToken = cancellationToken;
        var operation = new OperationContext(request.Database, request.Destination, request.Copy, observer, control, cancellationToken);
        _meter = operation.Meter;
        _busy = operation.WaiterFor(request.Database);
    }

    /// <summary>The version of SQLite that makes the copies, such as 3.53.4.</summary>
    /// <exception cref="SqliteBackupException">The native library is missing or could not be loaded.</exception>
    public static string SqliteVersion
    {
        get
        {
            NativeSqlite.Initialize();
            return NativeSqlite.Version;
        }
    }

    /// <summary>Runs a backup on the calling thread until it stands under its name.</summary>
    /// <param name="request">What to back up, and how.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="cancellationToken">Ends the backup within a step; nothing is left behind.</param>
    /// <returns>What the backup was.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind, and an existing file at the destination is untouched.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BackupResult Run(BackupRequest request, IBackupObserver? observer, CancellationToken cancellationToken) =>
        Run(request, observer, new BackupControl(), cancellationToken);

    /// <summary>Runs a backup on the calling thread until it stands under its name, steered by another.</summary>
    /// <param name="request">What to back up, and how.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="control">Suspends, resumes or stops it. One is for one backup.</param>
    /// <param name="cancellationToken">Ends the backup within a step; nothing is left behind.</param>
    /// <returns>What the backup was.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind, and an existing file at the destination is untouched.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the control was told to stop.</exception>
    public static BackupResult Run(BackupRequest request, IBackupObserver? observer, BackupControl control, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(control);
        NativeSqlite.Initialize();
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using IDisposable attachment = control.Attach(running);
        var backup = new DatabaseBackup(request, observer, control, running.Token);
        try
        {
            BackupResult result = backup.Run();
            backup._meter.Enter(BackupState.Completed);
            return result;
        }
        catch (Exception exception)
        {
            backup._meter.Enter(exception is OperationCanceledException ? BackupState.Stopped : BackupState.Failed);
            throw;
        }
    }

    private BackupResult Run()
    {
        _busy.PauseIfSuspended();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var shelving = new BackupShelving(_request, _meter, _busy, _cancellationToken);
                if (shelving.FindUntouched() is CatalogEntry untouched)
                {
                    return BackupResults.Unchanged(_request, untouched, shelving.WasRead(untouched), _meter);
                }

                using BackupSource source = new SourceOpener(_request.Database, _busy, () => StagedFile.Create(_request.Destination)).Open();
                DestinationRules.Check(_request.Database, _request.Destination, _request.Overwrite || _request.MayRename);
                shelving.CheckDestination();
                using StagedFile copy = StagedFile.Create(_request.Destination);
                CopyStatistics copied = Copy(source, copy);
                source.Dispose();
                using StagedFile? compacted = _request.Compact ? Compact(copy, copied) : null;
                StagedFile staged = compacted ?? copy;
                staged.FlushRest();
                _busy.PauseIfSuspended();
                string? hash = KeepWhatFails(staged, () => shelving.Hash(staged, () => Check(staged)));
                _busy.PauseIfSuspended();
                return shelving.FindEqual(hash) is CatalogEntry equal
                    ? BackupResults.Unchanged(_request, equal, shelving.WasRead(equal), _meter)
                    : shelving.Publish(staged, hash, copied);
            }
            catch (SourceChangedException) when (attempt < MaxAttempts)
            {
                _busy.ThrowIfOver();
            }
            catch (SourceChangedException exception)
            {
                throw new SqliteBackupException(
                    BackupFailure.SourceBusy,
                    _request.Database,
                    $"{exception.Message} It came into use {MaxAttempts} times in a row. Try again when its application runs steadily or not at all.",
                    innerException: exception);
            }
        }
    }

    private CopyStatistics Copy(BackupSource source, StagedFile staged)
    {
        CopyStatistics copied;
        if (!_request.Compact)
        {
            staged.BeginFlush();
        }

        using (SqliteConnection destination = SqliteConnector.OpenStaging(staged.Path))
        {
            try
            {
                copied = CopyLoop.Run(source, destination.Handle!, staged.Path, _request.Copy, _meter, _busy);
            }
            catch (SqliteBackupException exception) when (
                !source.IsUnchanged || exception.SqliteExtendedErrorCode == SqliteErrors.ReadOnlyRollback)
            {
                // Either somebody wrote to what was read as unused, or a writer crashed and left a journal: what is needed now is another way.
                throw new SourceChangedException(_request.Database);
            }
        }

        ThrowIfChanged(source);
        ThrowUnlessComplete(staged, copied);
        staged.SetRollbackJournalMode();
        return copied;
    }

    // From the finished copy and not from the database: its writers need not wait, and the pace and the pauses that were asked for hold.
    private StagedFile Compact(StagedFile copy, CopyStatistics copied)
    {
        StagedFile compacted = StagedFile.Create(_request.Destination);
        try
        {
            using (var source = new PrivateSource(copy.Path))
            {
                CopyStatistics rewritten = VacuumCopy.Run(source, compacted.Path, _request.Copy, _meter, _busy);
                copied.PageCount = rewritten.PageCount;
                copied.ThrottledFor += rewritten.ThrottledFor;
            }

            copy.Dispose();
            compacted.BeginFlush();
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
            _request.Destination,
            $"The folder of '{_request.Destination}' was removed, or the copy in it, while '{_request.Database}' was copied. Check who cleans up there, and back up again.");
        if (length != expected)
        {
            throw new SqliteBackupException(
                BackupFailure.BackupFailed,
                _request.Destination,
                $"The copy of '{_request.Database}' has {length:N0} bytes where {expected:N0} were written. Check the disk of '{_request.Destination}'.");
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

    private void ThrowIfChanged(BackupSource source)
    {
        if (!source.IsUnchanged)
        {
            throw new SourceChangedException(_request.Database);
        }
    }

    private void Check(StagedFile staged)
    {
        if (_request.Verify == VerifyLevel.None && !_request.CheckForeignKeys)
        {
            return;
        }

        _meter.Enter(BackupState.Checking);
        IntegrityResult answer = IntegrityCheck.Run(staged.Path, isPrivate: true, _request.Verify, _request.CheckForeignKeys, () => _busy.IsOver);
        _busy.ThrowIfOver();
        foreach (string sentence in answer.LeftOut)
        {
            _meter.Warn($"'{_request.Database}': {sentence}");
        }

        if (answer.Status != IntegrityStatus.Ok)
        {
            string findings = string.Join("; ", answer.Findings);
            throw new SqliteBackupException(
                BackupFailure.IntegrityCheckFailed,
                _request.Database,
                answer.Status == IntegrityStatus.Corrupt
                    ? $"The copy of '{_request.Database}' failed its check, and so most likely does the database: {findings}. Nothing was published. Check the database itself; -Verify None without -CheckForeignKeys copies it as it is."
                    : $"The copy of '{_request.Database}' could not be checked: {findings}. Nothing was published. Use -Verify None to back it up unchecked.");
        }
    }

    private string? KeepWhatFails(StagedFile staged, Func<string?> check)
    {
        try
        {
            return check();
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.IntegrityCheckFailed && _request.KeepFailed)
        {
            string where = $"The copy is kept as '{staged.KeepAside()}'.";
            throw new SqliteBackupException(exception.Failure, exception.Path, $"{exception.Message} {where}", innerException: exception);
        }
    }
}
