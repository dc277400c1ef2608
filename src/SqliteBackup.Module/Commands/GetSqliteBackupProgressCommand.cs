using System.Management.Automation;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Registry;
using SqliteBackup.Running;

namespace SqliteBackup.Commands;

/// <summary>Tells how the backups of this user stand, in whichever session they run.</summary>
[Cmdlet(VerbsCommon.Get, "SqliteBackupProgress")]
[OutputType(typeof(BackupStatus))]
public sealed class GetSqliteBackupProgressCommand : ModuleCommand
{
    private readonly List<BackupStatus> _found = [];
    private ProgressWatcher? _watcher;

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Database { get; set; } = [];

    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void BeginProcessing() =>
        _watcher = new ProgressWatcher(BackupRegistry.Current, new CmdletStreams(this).WriteProgress, StopToken);

    protected override void ProcessRecord() =>
        Try(null, () => _found.AddRange(Find().Where(backup => !_found.Exists(known => known.Id == backup.Id))));

    protected override void EndProcessing()
    {
        foreach (BackupStatus backup in Wait ? _watcher!.Wait(_found) : _found)
        {
            WriteObject(backup);
        }
    }

    private IEnumerable<BackupStatus> Find()
    {
        IReadOnlyList<BackupStatus> all = BackupRegistry.Current.Read(WriteVerbose);
        foreach (string id in Id.Where(id => all.All(backup => backup.Id != id)))
        {
            WriteError(ErrorRecords.CreateNoSuchBackup(id));
        }

        WildcardPattern[] patterns = [.. Database.Select(text => new WildcardPattern(text, WildcardOptions.IgnoreCase))];
        return all.Where(backup =>
            (Id.Length == 0 || Id.Contains(backup.Id))
            && (patterns.Length == 0 || patterns.Any(
                pattern => pattern.IsMatch(backup.Database) || pattern.IsMatch(System.IO.Path.GetFileName(backup.Database)))));
    }
}
