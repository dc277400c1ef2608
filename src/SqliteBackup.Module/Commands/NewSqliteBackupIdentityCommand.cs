using System.Management.Automation;
using SqliteBackup.Parameters;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Commands;

/// <summary>Makes a key pair for encrypted backups.</summary>
[Cmdlet(VerbsCommon.New, "SqliteBackupIdentity", SupportsShouldProcess = true)]
[OutputType(typeof(BackupIdentity))]
public sealed class NewSqliteBackupIdentityCommand : ModuleCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    protected override void ProcessRecord() => Try(null, () =>
    {
        string path = System.IO.Path.GetFullPath(new PathResolver(SessionState).ResolveDestination(Path));
        if (ShouldProcess(path, "Write a new secret key"))
        {
            AgeIdentity identity = AgeIdentity.Create();
            AgeKeyFiles.WriteNewIdentity(path, identity);
            WriteObject(new BackupIdentity(path, $"{identity.Recipient}"));
        }
    });
}
