using System.Management.Automation;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Plans;

namespace SqliteBackup.Commands;

/// <summary>A command about plans.</summary>
public abstract class PlanCommand : ModuleCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Plan", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    private protected PathResolver Resolver => new(SessionState, WriteWarning);

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            Try(null, () => Process(System.IO.Path.GetFullPath(Resolver.ResolveDestination(path))));
        }
    }

    /// <summary>Does the command's work on one plan.</summary>
    /// <exception cref="SqliteBackupException">It failed.</exception>
    private protected abstract void Process(string plan);

    /// <summary>Each mistake is an error of its own.</summary>
    private protected void Refuse(IEnumerable<PlanMistake> mistakes)
    {
        foreach (PlanMistake mistake in mistakes)
        {
            WriteError(ErrorRecords.Create(new SqliteBackupException(BackupFailure.PlanInvalid, mistake.Plan, VisibleText.Of(mistake.ToString())), mistake.Plan));
        }
    }
}
