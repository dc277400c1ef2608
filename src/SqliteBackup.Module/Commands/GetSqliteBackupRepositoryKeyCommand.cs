using System.Management.Automation;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Lists the keys of a repository.</summary>
[Cmdlet(VerbsCommon.Get, "SqliteBackupRepositoryKey")]
[OutputType(typeof(RepositoryKey))]
public sealed class GetSqliteBackupRepositoryKeyCommand : RepositoryCommand
{
    private protected override void Process(StoreLocation location) => WriteObject(
        Use(location, "Reading keys", TimeSpan.Zero, (repository, _) => repository.Keys.List(StopToken)).Select(key => key with { Repository = location.ToString() }),
        enumerateCollection: true);
}
