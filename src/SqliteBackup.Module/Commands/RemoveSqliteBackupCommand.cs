using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Removes backups that no rule keeps.</summary>
[Cmdlet(VerbsCommon.Remove, "SqliteBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupRemoval))]
public sealed class RemoveSqliteBackupCommand : LocationCommand
{
    private readonly RemovalCandidates _candidates = new();

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [ObjectName("Backup", "FullName", "Path", TakesPathOfRow = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public override string[] Path { get; set; } = [];

    [Parameter]
    [DatabaseName]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CatalogDatabaseCompleter))]
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

    [Parameter]
    public SwitchParameter Force { get; set; }

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

    protected override void EndProcessing()
    {
        var databases = new NamedDatabases(Database ?? [], Resolver);
        var selection = new BackupSelection { Databases = databases.Patterns };
        var found = new List<CatalogEntry>();
        foreach (string folder in _candidates.Folders)
        {
            Try(null, () =>
            {
                IReadOnlyList<RetentionDecision> plan = _candidates.Plan(folder, Catalogs, selection, Policy, StopToken);
                found.AddRange(plan.Select(decision => decision.Entry));
                Prune(plan);
            });
        }

        if (databases.Unmatched(selection, found) is string warning)
        {
            WriteWarning(warning);
        }
    }

    private protected override IEnumerable<string> Resolve(string path) =>
        !StoreLocation.NamesScheme(path) ? Resolver.ResolveItems(path, IsLiteral)
        : Locate(path) is { IsFolder: true } folder ? [folder.ToString()]
        : ResolveBackups(path);

    private protected override void Process(string file) => _candidates.Add(file, Recurse, Policy);

    private void Prune(IReadOnlyList<RetentionDecision> plan)
    {
        foreach (string? database in plan.Where(decision => decision.IsHeldByFailedCheck).Select(decision => decision.Entry.Database).Distinct())
        {
            WriteWarning($"No backup of '{database}' is removed: the newest check of its backups failed. Make a good one first, or see Get-SqliteBackup.");
        }

        foreach (RetentionDecision decision in plan.TakeWhile(_ => !StopToken.IsCancellationRequested))
        {
            BackupRemoval planned = BackupRemoval.Of(decision);
            if (decision.IsKept)
            {
                WriteVerbose($"Kept '{planned.Backup}': {planned.Reason}.");
            }
            else if (ShouldDestroy(planned.Backup, Effect(planned), Force))
            {
                Try(null, () =>
                {
                    WriteObject(Catalogs.For(planned.Backup).Remove(decision, StopToken));
                    WriteVerbose($"Removed '{planned.Backup}': no rule keeps it.");
                });
                continue;
            }

            if (IsWhatIf)
            {
                WriteObject(planned);
            }
        }
    }

    private static string Effect(BackupRemoval planned) => planned.BytesFreed > 0
        ? $"Remove the backup and free {Text.Size(planned.BytesFreed)}"
        : "Remove the backup (Optimize-SqliteBackupRepository then frees what only it needed)";
}
