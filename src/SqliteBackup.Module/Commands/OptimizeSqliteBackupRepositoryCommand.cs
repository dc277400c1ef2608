using System.Management.Automation;
using SqliteBackup.Parameters;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Frees what no backup in a repository needs any more.</summary>
[Cmdlet(VerbsCommon.Optimize, "SqliteBackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(PruneReport))]
public sealed class OptimizeSqliteBackupRepositoryCommand : RepositoryCommand
{
    [Parameter]
    [ValidateNumber(0)]
    public long? MaxRepackBytes { get; set; }

    [Parameter]
    [ValidateNumber(0, 100)]
    public double? MaxUnusedPercent { get; set; }

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    private protected override void Process(StoreLocation location)
    {
        bool isReal = ShouldProcess(location.ToString(), "Free what no backup needs");
        if (!isReal && !IsWhatIf)
        {
            return;
        }

        var options = new PruneOptions { MaxRepackBytes = MaxRepackBytes, DryRun = !isReal };
        options = options with { MaxUnusedPercent = MaxUnusedPercent ?? options.MaxUnusedPercent };
        WriteObject(Use(
            location,
            $"Optimizing {location}",
            Seconds.Of(BusyTimeoutSeconds) ?? TimeSpan.Zero,
            (repository, advance) => RepositoryPruner.Run(repository, options with { Advancing = advance }, StopToken)) with { Repository = location.ToString() });
    }
}
