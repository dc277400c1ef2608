using System.Management.Automation;
using System.Security;
using SqliteBackup.Parameters;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Adds a key with a password of its own to a repository.</summary>
[Cmdlet(VerbsCommon.Add, "SqliteBackupRepositoryKey", SupportsShouldProcess = true)]
[OutputType(typeof(RepositoryKey))]
public sealed class AddSqliteBackupRepositoryKeyCommand : RepositoryCommand
{
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public SecureString NewPassword { get; set; } = new();

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    private protected override void Process(StoreLocation location)
    {
        if (ShouldProcess(location.ToString(), "Add a key"))
        {
            WriteObject(RepositoryAccess.With(NewPassword, secret =>
                Use(location, "Adding a key", Seconds.Of(BusyTimeoutSeconds) ?? TimeSpan.Zero, (repository, _) => repository.Keys.Add(secret, StopToken) with { Repository = location.ToString() })));
        }
    }
}
