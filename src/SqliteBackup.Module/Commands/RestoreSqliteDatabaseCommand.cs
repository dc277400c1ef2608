using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Restore;
using SqliteBackup.Running;

namespace SqliteBackup.Commands;

/// <summary>Restores a backup to a database, also to one that is in use.</summary>
[Cmdlet(VerbsData.Restore, "SqliteDatabase", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Path")]
[OutputType(typeof(RestoreResult))]
public sealed class RestoreSqliteDatabaseCommand : DatabaseCommand
{
    private readonly HashSet<string> _restored = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private readonly BackupDestinations _destinations = new();
    private IStreams? _streams;
    private ProgressReporter? _progress;
    private WorkDispatcher? _dispatcher;

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BackupResult[] InputObject { get; set; } = [];

    // Not by the property Database: the objects of Get-SqliteBackup have it, and nobody shall overwrite a live database by leaving something out.
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SafetyCopyPath { get; set; }

    [Parameter]
    public SwitchParameter NoSafetyCopy { get; set; }

    [Parameter]
    public VerifyLevel? Verify { get; set; }

    [Parameter]
    [ValidateNumber(0)]
    [ArgumentCompleter(typeof(MaxBytesPerSecondCompleter))]
    public long? MaxBytesPerSecond { get; set; }

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? TimeoutSeconds { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void Dispose(bool disposing)
    {
        _dispatcher?.Dispose();
        base.Dispose(disposing);
    }

    protected override void BeginProcessing()
    {
        if (NoSafetyCopy && SafetyCopyPath is not null)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("-SafetyCopyPath and -NoSafetyCopy contradict each other. Use one of them."),
                "SafetyCopyContradiction",
                ErrorCategory.InvalidArgument,
                SafetyCopyPath));
        }

        _streams = new CmdletStreams(this);
        _progress = new ProgressReporter(_streams.WriteProgress) { Activity = "Restoring" };
        _dispatcher = new WorkDispatcher(limit: 1, _progress, StopToken);
    }

    protected override void EndProcessing() => _dispatcher!.Complete();

    private protected override IEnumerable<string> Paths =>
        ParameterSetName == "InputObject" ? InputObject.Select(backup => backup.Destination) : base.Paths;

    private protected override void Process(string backup)
    {
        RestoreRequest request = CreateRequest(backup);
        if (_restored.Contains(request.Database))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationExists,
                request.Database,
                $"'{backup}' was not restored: this command already restored another backup to '{request.Database}'. Name one backup, such as the one that Get-SqliteBackup -Latest finds.");
        }

        bool replaces = DatabaseRestore.Check(request);
        if (Stopping || !ShouldProcess(request.Database, Describe(request, replaces)))
        {
            return;
        }

        _restored.Add(request.Database);
        _destinations.SweepFolderOf(request.Database);
        _dispatcher!.Add(new RestoreWork(request, PassThru, _streams!, _progress!));
    }

    private RestoreRequest CreateRequest(string backup)
    {
        var request = new RestoreRequest
        {
            Backup = backup,
            Database = Resolver.ResolveDestination(Destination),
            Overwrite = Force,
            TakeSafetyCopy = !NoSafetyCopy,
            SafetyCopyPath = SafetyCopyPath is null ? null : Resolver.ResolveDestination(SafetyCopyPath),
        };
        return request with
        {
            Verify = Verify ?? request.Verify,
            Copy = request.Copy with
            {
                MaxBytesPerSecond = MaxBytesPerSecond == 0 ? null : MaxBytesPerSecond,
                BusyTimeout = Seconds.Of(BusyTimeoutSeconds) ?? request.Copy.BusyTimeout,
                Timeout = Seconds.AsLimit(TimeoutSeconds),
            },
        };
    }

    private static string Describe(RestoreRequest request, bool replaces) =>
        !replaces ? $"Make the database from '{request.Backup}'"
        : !request.TakeSafetyCopy ? $"Replace its content by that of '{request.Backup}', without a safety copy"
        : $"Replace its content by that of '{request.Backup}', after a safety copy {(request.SafetyCopyPath is string path ? $"to '{path}'" : "beside it")}";
}
