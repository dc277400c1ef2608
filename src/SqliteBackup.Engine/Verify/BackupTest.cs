using System.Diagnostics;
using SqliteBackup.Catalog;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;

namespace SqliteBackup.Verify;

/// <summary>Does with a backup what a restore would do, up to the last step, and tells what came of it. The backup stays as it is.</summary>
public sealed class BackupTest
{
    private readonly BackupTestRequest _request;
    private readonly CancellationToken _cancellationToken;
    private readonly List<string> _findings = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private BackupTestResult _result;
    private bool _isComparing;

    private BackupTest(BackupTestRequest request, CancellationToken cancellationToken)
    {
        _request = request;
        _cancellationToken = cancellationToken;
        _result = new BackupTestResult
        {
            Backup = request.Path,
            Status = BackupTestStatus.Ok,
            Level = request.Level,
            Findings = _findings,
            Against = request.Against,
            StartedAt = DateTime.UtcNow,
        };
    }

    /// <summary>Tests a backup on the calling thread.</summary>
    /// <param name="request">What to test, and how.</param>
    /// <param name="cancellationToken">Ends the test soon.</param>
    /// <returns>What came of it: a damaged backup is a result too.</returns>
    /// <exception cref="SqliteBackupException">The backup, or the database to compare it with, is missing or no file at all, or that database can't be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BackupTestResult Run(BackupTestRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new BackupTest(request, cancellationToken).Run();
    }

    private BackupTestResult Run()
    {
        RegularFile.ThrowIfSpecial(_request.Path);
        bool isReplaced = false;
        try
        {
            BackupReader reader = BackupReader.Open(_request.Path, _request.Identities);
            _result = _result with
            {
                Database = reader.Manifest?.Source.Path ?? (SafetyCopyName.TryParse(_request.Path, out string database, out _) ? database : null),
                Compression = reader.Compression,
                IsEncrypted = reader.IsEncrypted,
                StoredBytes = FileStatus.Of(_request.Path)?.Size ?? 0,
            };
            using var opened = new ReadableBackup(_request.Path, _request.BusyTimeout, _request.StagingFolder, _cancellationToken);
            try
            {
                if (Read(reader, opened) is BackupSource source)
                {
                    Examine(source);
                }
            }
            finally
            {
                _result = _result with { Compression = reader.Compression, Sha256 = reader.Sha256, FileRead = reader.Status };
                isReplaced = reader.Manifest is not null && !reader.IsUnchanged;
            }
        }
        catch (SqliteBackupException exception) when (
            _cancellationToken.IsCancellationRequested
            || (exception.Failure != BackupFailure.FileNotFound && (!_isComparing || exception.Path == _request.Path)))
        {
            Found(IsDamage(exception) ? BackupTestStatus.Corrupt : BackupTestStatus.Unchecked, exception.Message);
        }

        _cancellationToken.ThrowIfCancellationRequested();
        if (isReplaced)
        {
            // Whatever was found may be about either of the two, or about a mixture.
            _findings.Clear();
            _findings.Add($"'{_request.Path}' or its manifest was replaced while it was tested, so nothing can be said of either. Test it again.");
            _result = _result with { Status = BackupTestStatus.Unchecked, Sha256 = null };
        }

        return _result with { Duration = _clock.Elapsed };
    }

    private static bool IsDamage(SqliteBackupException exception) =>
        exception.Failure is BackupFailure.NotADatabase or BackupFailure.ChecksumMismatch or BackupFailure.IntegrityCheckFailed
        || (exception.SqliteExtendedErrorCode & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    private BackupSource? Read(BackupReader reader, ReadableBackup opened)
    {
        TimeSpan began = _clock.Elapsed;
        try
        {
            if (reader.IsEncoded)
            {
                BackupSource source = opened.OpenEncoded(reader, _cancellationToken);
                Compared(reader);
                return source;
            }

            if (reader.Manifest is not null)
            {
                reader.Verify(_ => _cancellationToken.ThrowIfCancellationRequested());
                Compared(reader);
            }
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.ChecksumMismatch)
        {
            _result = _result with { Checksum = ChecksumStatus.Differs };
            Found(BackupTestStatus.Corrupt, $"ChecksumMismatch: {exception.Message}");
            if (reader.IsEncoded)
            {
                return null;
            }
        }
        catch (SqliteBackupException exception) when (exception.Failure is BackupFailure.IdentityMissing or BackupFailure.PasswordWrong)
        {
            Compared(reader);
            Found(BackupTestStatus.Unchecked, $"{exception.Failure}: {exception.Message} {(reader.Manifest is null ? "Without that and without a manifest nothing of it was checked." : "Only its stored bytes were checked: they are those that its manifest tells of.")}");
            return null;
        }
        catch (SqliteBackupException)
        {
            _result = _result with { Checksum = reader.Manifest is null ? ChecksumStatus.NoneRecorded : ChecksumStatus.NotRead };
            throw;
        }
        finally
        {
            _result = _result with { ReadingTook = _clock.Elapsed - began };
        }

        return opened.Open(_request.Path);
    }

    private void Compared(BackupReader reader) =>
        _result = _result with { Checksum = reader.Manifest is null ? ChecksumStatus.NoneRecorded : ChecksumStatus.Matches };

    private void Examine(BackupSource source)
    {
        sqlite3 database = source.Handle;
        IntegrityCheck.Guard(database, () => _cancellationToken.IsCancellationRequested);
        SqliteErrors.Check(raw.sqlite3_exec(database, "BEGIN"), database, BackupFailure.SourceOpenFailed, _request.Path);
        Measure(database);
        Check(source);
        if (_result.Status != BackupTestStatus.Corrupt)
        {
            Compare(database);
            Ask(database);
        }

        if (!source.IsUnchanged)
        {
            Found(BackupTestStatus.Unchecked, "Somebody wrote to the file while it was read. Test it again when nobody does.");
        }
    }

    private void Measure(sqlite3 database)
    {
        using var row = new SqliteStatement(
            database, _request.Path, "SELECT page_size, page_count FROM pragma_page_size, pragma_page_count", BackupFailure.SourceOpenFailed);
        if (row.Read())
        {
            int pageSize = int.Parse(row.Text(0), System.Globalization.CultureInfo.InvariantCulture);
            long pageCount = long.Parse(row.Text(1), System.Globalization.CultureInfo.InvariantCulture);
            _result = _result with { PageSize = pageSize, PageCount = pageCount, Bytes = pageSize * pageCount };
        }
    }

    private void Check(BackupSource source)
    {
        TimeSpan began = _clock.Elapsed;

        Judge(source.WholeFile is string file
            ? IntegrityCheck.Run(file, isPrivate: false, _request.Level, _cancellationToken)
            : IntegrityCheck.CheckStructure(source.Handle, _request.Level));
        if (_request.CheckForeignKeys && _result.Status != BackupTestStatus.Corrupt)
        {
            IntegrityResult answer = IntegrityCheck.CheckForeignKeys(source.Handle);
            Judge(answer);
            _result = _result with
            {
                ForeignKeys = answer.Status switch
                {
                    IntegrityStatus.Ok => ForeignKeyStatus.Ok,
                    IntegrityStatus.Corrupt => ForeignKeyStatus.Violated,
                    _ => ForeignKeyStatus.NotChecked,
                },
            };
        }

        _result = _result with { CheckingTook = _clock.Elapsed - began };
    }

    private void Judge(IntegrityResult answer)
    {
        foreach (string finding in answer.Findings)
        {
            Found(answer.Status == IntegrityStatus.Corrupt ? BackupTestStatus.Corrupt : BackupTestStatus.Unchecked, finding);
        }

        // Said, but no reason to doubt the rest.
        _findings.AddRange(answer.LeftOut);
    }

    private void Compare(sqlite3 database)
    {
        if (_request.Against is not string against)
        {
            return;
        }

        TimeSpan began = _clock.Elapsed;
        _isComparing = true;
        using var opened = new ReadableBackup(against, _request.BusyTimeout, _request.StagingFolder, _cancellationToken);
        BackupSource live = opened.Open(against);
        IntegrityCheck.Guard(live.Handle, () => _cancellationToken.IsCancellationRequested);
        SqliteErrors.Check(raw.sqlite3_exec(live.Handle, "BEGIN"), live.Handle, BackupFailure.SourceOpenFailed, against);
        IReadOnlyList<TableDifference> differences = new ContentComparison(database, _request.Path, live.Handle, against).Run();
        if (!live.IsUnchanged)
        {
            throw new SqliteBackupException(
                BackupFailure.SourceBusy, against, $"'{against}' came into use while it was compared. Try again: it is then read as one in use.");
        }

        _isComparing = false;
        _result = _result with { Differences = differences, ComparingTook = _clock.Elapsed - began };
    }

    private void Ask(sqlite3 database)
    {
        TimeSpan began = _clock.Elapsed;
        var sql = new ReadOnlySql(database);
        List<QueryResult> answers = [.. _request.Queries.Select(sql.Run)];
        foreach (QueryResult answer in answers.Where(answer => answer is { Error: not null, IsInvalid: false }))
        {
            Found(answer.IsDamage ? BackupTestStatus.Corrupt : BackupTestStatus.Unchecked, $"query '{answer.Query}': {answer.Error}");
        }

        _result = _result with { Answers = answers, QueryingTook = _clock.Elapsed - began };
    }

    // Damage outweighs what could not be done.
    private void Found(BackupTestStatus status, string finding)
    {
        _findings.Add(finding);
        _result = _result with { Status = _result.Status == BackupTestStatus.Corrupt ? BackupTestStatus.Corrupt : status };
    }
}
