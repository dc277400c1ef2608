using System.Management.Automation;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Removes a key of a repository, never the last one.</summary>
[Cmdlet(VerbsCommon.Remove, "SqliteBackupRepositoryKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveSqliteBackupRepositoryKeyCommand : RepositoryCommand
{
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidatePattern("^[0-9a-fA-F]{8,64}$")]
    public string Id { get; set; } = "";

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(StoreLocation location)
    {
        if (ShouldDestroy(location.ToString(), $"Remove the key {Id}: its password then no longer opens the repository", Force))
        {
            Use(location, "Removing a key", Seconds.Of(BusyTimeoutSeconds) ?? TimeSpan.Zero, (repository, _) =>
            {
                repository.Keys.Remove(Id, StopToken);
                return true;
            });
        }
    }
}
