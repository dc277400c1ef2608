using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;

namespace SqliteBackup.Plans;

/// <summary>What is known of one database while its plan runs.</summary>
internal sealed class PlanRow(PlannedDatabase database)
{
    private readonly List<ErrorRecord> _errors = [];
    private string? _stale;

    public PlannedDatabase Database => database;

    public BackupResult? Backup { get; set; }

    public List<string> Copies { get; } = [];

    public List<string> Tested { get; } = [];

    public TimeSpan? Age { get; private set; } = TimeSpan.Zero;

    public int Removed { get; private set; }

    public long BytesFreed { get; private set; }

    public IReadOnlyList<ErrorRecord> Errors => _errors;

    public bool IsStale => _stale is not null;

    public void Fail(ErrorRecord error) => _errors.Add(error);

    public void Count(BackupRemoval removal)
    {
        Removed++;
        BytesFreed += removal.BytesFreed;
    }

    /// <summary>Takes what is newest at one destination into account.</summary>
    public void See(PlanDestination destination, CatalogEntry? newest, bool isOfThisRun, TimeSpan? freshWithin)
    {
        TimeSpan? age = newest is null ? null : isOfThisRun ? TimeSpan.Zero : newest.Age;
        Age = age is null || Age is null ? null : age > Age ? age : Age;
        if (freshWithin is TimeSpan within && !(age <= within))
        {
            _stale = age is null
                ? $"'{database.Path}' has no backup at '{destination.Location}'."
                : $"'{database.Path}' has no backup at '{destination.Location}' that is younger than {Output.Text.RoughDuration(within)}: the newest is from {newest!.SnapshotTakenAt:u}.";
        }
    }

    public PlanDatabaseResult ToResult() => new()
    {
        Database = database.Path,
        Outcome = _errors.Count > 0 ? PlanDatabaseStatus.Failed : _stale is not null ? PlanDatabaseStatus.Stale : PlanDatabaseStatus.Ok,
        Backup = Backup?.Backup,
        Unchanged = Backup?.Unchanged ?? false,
        Bytes = Backup?.Bytes ?? 0,
        StoredBytes = Backup?.StoredBytes ?? 0,
        StartedAt = Backup?.StartedAt,
        Duration = Backup?.Duration ?? TimeSpan.Zero,
        Copies = [.. Copies],
        Tested = [.. Tested],
        Age = Age,
        Removed = Removed,
        BytesFreed = BytesFreed,
        Errors = [.. _errors.Select(error => error.Exception.Message), .. _stale is null ? (string[])[] : [_stale]],
    };

    /// <summary>What is said of it as errors of the run.</summary>
    public IEnumerable<ErrorRecord> ToErrors() => _stale is null
        ? _errors
        : _errors.Append(Output.ErrorRecords.Create(new SqliteBackupException(BackupFailure.BackupStale, database.Path, _stale), database.Path));
}
