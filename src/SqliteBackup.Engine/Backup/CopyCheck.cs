using SqliteBackup.Operation;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>Checks a finished copy before anybody sees it, and hashes or encodes it meanwhile.</summary>
internal sealed class CopyCheck(BackupRequest request, ProgressMeter meter, LockWaiter busy, CancellationToken cancellationToken)
{
    /// <summary>Checks it as was asked for.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="isHashed">Whether its hash is wanted.</param>
    /// <returns>The hash, or null.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.IntegrityCheckFailed"/>: it is corrupt, or could not be checked.</exception>
    public string? Run(StagedFile copy, bool isHashed)
    {
        if (isHashed && copy.IsSmall)
        {
            CheckOrKeep(copy, () => { });
            return HashOf(copy, cancellationToken);
        }

        if (isHashed)
        {
            return Run(copy, token => HashOf(copy, token), busy.ThrowIfOver);
        }

        CheckOrKeep(copy, () => { });
        return null;
    }

    /// <summary>Checks it, and does something else with it meanwhile.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="beside">What only reads the copy; ended where the check fails.</param>
    /// <param name="whileWaiting">Called again and again when the check is done before that is.</param>
    /// <returns>What that came to.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.IntegrityCheckFailed"/>: it is corrupt, or could not be checked.</exception>
    public T Run<T>(StagedFile copy, Func<CancellationToken, T> beside, Action whileWaiting)
    {
        // The copy must not go away under the thread that reads it.
        using var work = new SideWork<T>(beside, cancellationToken);
        CheckOrKeep(copy, work.Dispose);
        return work.Wait(whileWaiting);
    }

    private static string HashOf(StagedFile copy, CancellationToken cancellationToken)
    {
        using var content = new HashingStream(copy.OpenStream());
        StreamCopy.Run(content, Stream.Null, _ => cancellationToken.ThrowIfCancellationRequested());
        return content.Sha256;
    }

    private void CheckOrKeep(StagedFile copy, Action beforeKeeping)
    {
        try
        {
            Check(copy);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.IntegrityCheckFailed && request.KeepFailed)
        {
            beforeKeeping();
            string where = $"The copy is kept as '{copy.KeepAside()}'.";
            throw new SqliteBackupException(exception.Failure, exception.Path, $"{exception.Message} {where}", innerException: exception);
        }
    }

    private void Check(StagedFile copy)
    {
        if (request.Verify == VerifyLevel.None && !request.CheckForeignKeys)
        {
            meter.Tell($"'{request.Database}': the copy is not checked, as -Verify None says.");
            return;
        }

        meter.Enter(BackupState.Checking);
        IntegrityResult result = IntegrityCheck.Run(copy.Path, isPrivate: true, request.Verify, request.CheckForeignKeys, () => busy.IsOver);
        busy.ThrowIfOver();
        foreach (string sentence in result.LeftOut)
        {
            meter.Warn($"'{request.Database}': {sentence}");
        }

        if (result.Status != IntegrityStatus.Ok)
        {
            string findings = string.Join("; ", result.Findings);
            throw new SqliteBackupException(
                BackupFailure.IntegrityCheckFailed,
                request.Database,
                result.Status == IntegrityStatus.Corrupt
                    ? $"The copy of '{request.Database}' failed its check, and so most likely does the database: {findings}. Nothing was published. Check the database itself; -Verify None without -CheckForeignKeys copies it as it is."
                    : $"The copy of '{request.Database}' could not be checked: {findings}. Nothing was published. Use -Verify None to back it up unchecked.");
        }

        string check = request.Verify switch
        {
            VerifyLevel.None => "PRAGMA foreign_key_check",
            VerifyLevel.Quick => "PRAGMA quick_check",
            _ => "PRAGMA integrity_check",
        };
        meter.Tell($"'{request.Database}': the copy passed {check}{(request.CheckForeignKeys && request.Verify != VerifyLevel.None ? " and PRAGMA foreign_key_check" : "")}.");
    }
}
