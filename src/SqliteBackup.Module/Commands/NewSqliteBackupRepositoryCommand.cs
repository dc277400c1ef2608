using System.Management.Automation;
using SqliteBackup.Repository;
using SqliteBackup.Running;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Makes a repository for backups, in restic's format.</summary>
[Cmdlet(VerbsCommon.New, "SqliteBackupRepository", SupportsShouldProcess = true)]
[OutputType(typeof(RepositoryInfo))]
public sealed class NewSqliteBackupRepositoryCommand : RepositoryCommand
{
    private protected override void Process(StoreLocation location)
    {
        if (!ShouldProcess(location.ToString(), "Make a repository"))
        {
            return;
        }

        var pump = new PumpedWork(this, "Making a repository");
        WriteObject(Access.WithPassword(location, password => pump.Run(() =>
        {
            using IBackupStore store = Access.OpenStore(location);
            using ResticRepository repository = ResticRepository.Create(store, password, new RepositoryOptions { Warn = pump.Warn }, StopToken);
            return new RepositoryInfo(location.ToString(), repository.Id, ResticRepository.FormatVersion, repository.Keys.List(StopToken)[0].Id);
        })));
    }
}
