using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;

namespace SqliteBackup.Restore;

/// <summary>
/// Rewrites a verified backup with another page size in a private file: the backup API can't change that of a WAL database
/// (https://sqlite.org/c3ref/backup_finish.html), and <c>VACUUM INTO</c> can (https://sqlite.org/lang_vacuum.html).
/// </summary>
internal sealed class PageSizeConversion(RestoreRequest request, BackupVerifier verifier, ProgressMeter meter, LockWaiter busy)
{
    public VerifiedBackup Run(VerifiedBackup verified, int pageSize)
    {
        meter.Warn(
            $"'{request.Database}' is in WAL mode with pages of {pageSize:N0} bytes, which can't change while it is in use, and '{request.Backup}' has pages of {verified.Header.PageSize:N0}. The backup is rewritten to the database's page size: its tables and rows are the same; the rowids of tables without an INTEGER PRIMARY KEY may differ.");
        StagedFile staged = StagedFile.Create(request.Database);
        RawDatabaseFile? file = null;
        try
        {
            using (var source = new PrivateSource(verified.Path))
            {
                SqliteConnector.Distrust(source.Handle);
                SqliteErrors.Check(
                    raw.sqlite3_exec(source.Handle, $"PRAGMA page_size={pageSize}"), source.Handle, BackupFailure.RestoreFailed, request.Backup);
                VacuumCopy.Run(source, staged.Path, request.Copy, meter, busy);
            }

            verified.ThrowIfChanged();
            verifier.CheckContent(staged.Path);
            file = RawDatabaseFile.Open(staged.Path);
            return new VerifiedBackup(request.Backup, null, staged, file);
        }
        catch
        {
            file?.Dispose();
            staged.Dispose();
            throw;
        }
    }
}
