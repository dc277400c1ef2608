using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;

namespace SqliteBackup.Commands;

/// <summary>Removes backups that no rule keeps.</summary>
[Cmdlet(VerbsCommon.Remove, "SqliteBackup", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupRemoval))]
public sealed class RemoveSqliteBackupCommand : DatabaseCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly RemovalCandidates _candidates = new();

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    [DatabaseName]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ShelvedDatabaseCompleter))]
    public string[]? Database { get; set; }

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepHourly { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepDaily { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepWeekly { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepMonthly { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepYearly { get; set; }

    [Parameter]
    [Age]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? KeepWithin { get; set; }

    [Parameter]
    [Age]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? OlderThan { get; set; }

    private RetentionPolicy Policy => new()
    {
        KeepLast = KeepLast,
        KeepHourly = KeepHourly,
        KeepDaily = KeepDaily,
        KeepWeekly = KeepWeekly,
        KeepMonthly = KeepMonthly,
        KeepYearly = KeepYearly,
        KeepWithin = KeepWithin,
        OlderThan = OlderThan,
    };

    private bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
            ? LanguagePrimitives.IsTrue(bound)
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    public void Dispose() => _stop.Dispose();

    protected override void ProcessRecord()
    {
        var resolver = new PathResolver(SessionState);
        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                _candidates.Add(resolver.ResolveItems(path, isLiteral), Recurse, Policy);
            }
            catch (SqliteBackupException e)
            {
                WriteError(ErrorRecords.Create(e, e.Path));
            }
        }
    }

    protected override void EndProcessing()
    {
        var selection = new BackupSelection { Databases = [.. (Database ?? []).Select(new PathResolver(SessionState).ResolveDatabaseName)] };
        foreach (string folder in _candidates.Folders)
        {
            try
            {
                Prune(_candidates.Plan(folder, selection, Policy, _stop.Token));
            }
            catch (SqliteBackupException e)
            {
                WriteError(ErrorRecords.Create(e, e.Path));
            }
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    private void Prune(IReadOnlyList<RetentionDecision> plan)
    {
        foreach (string? database in plan.Where(decision => decision.IsHeldByFailedCheck).Select(decision => decision.Backup.Database).Distinct())
        {
            WriteWarning($"No backup of '{database}' is removed: the newest check of its backups failed. Make a good one first, or see Get-SqliteBackup.");
        }

        foreach (RetentionDecision decision in plan.TakeWhile(_ => !_stop.IsCancellationRequested))
        {
            BackupRemoval planned = BackupRemoval.Of(decision);
            if (decision.IsKept)
            {
                WriteVerbose($"Kept '{planned.FullName}': {planned.Reason}.");
            }
            else if (ShouldProcess(planned.FullName, $"Remove the backup and free {Text.Size(planned.BytesFreed)}"))
            {
                Remove(decision);
                continue;
            }

            if (IsWhatIf)
            {
                WriteObject(planned);
            }
        }
    }

    private void Remove(RetentionDecision decision)
    {
        try
        {
            WriteObject(BackupRemoval.Run(decision));
        }
        catch (SqliteBackupException e)
        {
            WriteError(ErrorRecords.Create(e, e.Path));
        }
    }
}
