using System.Management.Automation;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Registry;

namespace SqliteBackup.Commands;

/// <summary>What the commands that steer running backups share: they leave word for each, then wait until the word was heard.</summary>
public abstract class ControlCommand : ModuleCommand
{
    // A step of one size, SQLite's own check of a large copy: what can't be interrupted may take longer than anybody wants to wait here.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly BackupRegistry _registry = BackupRegistry.Current;
    private readonly Dictionary<string, BackupStatus> _sent = [];
    private readonly ProgressWatcher _watcher;

    protected ControlCommand() => _watcher = new ProgressWatcher(_registry, WriteProgress, StopToken);

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectName("Id")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected abstract ControlAction Action { get; }

    private protected abstract bool IsDone(BackupStatus status);

    protected override void ProcessRecord()
    {
        foreach (string id in Id)
        {
            Try(id, () =>
            {
                foreach (string one in Expand(id))
                {
                    Send(one);
                }
            });
        }
    }

    protected override void EndProcessing()
    {
        foreach (BackupStatus status in _watcher.WaitFor(_sent.Keys, IsDone, Patience))
        {
            if (!status.IsEnded && !IsDone(status))
            {
                WriteWarning(
                    $"The backup of '{status.Database}' ({status.Id}) has heard of it and is still {status.State}: it is in a step or a check that takes its time, and will {Action.ToString().ToLowerInvariant()} after that.");
            }
            else if (status.State == BackupState.Paused && status.Message is string message && message != _sent[status.Id].Message)
            {
                WriteWarning(message);
            }

            if (PassThru)
            {
                WriteObject(status);
            }
        }
    }

    // As for processes and jobs: that a pattern matches nothing is no error.
    private IEnumerable<string> Expand(string id) =>
        WildcardPattern.ContainsWildcardCharacters(id)
            ? _registry.Read(WriteVerbose).Where(status => !status.IsEnded && new WildcardPattern(id, WildcardOptions.IgnoreCase).IsMatch(status.Id)).Select(status => status.Id)
            : [id];

    private void Send(string id)
    {
        if (_registry.Find(id) is not BackupStatus status)
        {
            WriteError(ErrorRecords.CreateNoSuchBackup(id));
        }
        else if (status.IsEnded)
        {
            WriteVerbose($"The backup of '{status.Database}' ({id}) has ended: {status.State}.");
            if (PassThru)
            {
                WriteObject(status);
            }
        }
        else if (!_sent.ContainsKey(id) && ShouldProcess($"{status.Database} to {status.Backup}", $"{Action} backup {id}"))
        {
            _registry.Send(id, Action);
            _sent[id] = status;
        }
    }
}
