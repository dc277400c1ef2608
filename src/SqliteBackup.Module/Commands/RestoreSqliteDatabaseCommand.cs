using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Restore;
using SqliteBackup.Running;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Restores a backup to a database, also to one that is in use.</summary>
[Cmdlet(VerbsData.Restore, "SqliteDatabase", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Path")]
[OutputType(typeof(RestoreResult))]
public sealed class RestoreSqliteDatabaseCommand : DatabaseCommand, IDisposable
{
    // An upper bound that a TimeSpan can hold, for people who write a very large number to mean never.
    private const double MaxSeconds = int.MaxValue;

    private readonly HashSet<string> _restored = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private readonly BackupDestinations _destinations = new();
    private IStreams? _streams;
    private ProgressReporter? _progress;
    private WorkDispatcher? _dispatcher;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

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
    public VerifyLevel Verify { get; set; } = VerifyLevel.Quick;

    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    [ArgumentCompleter(typeof(MaxBytesPerSecondCompleter))]
    public long MaxBytesPerSecond { get; set; }

    [Parameter]
    [ValidateRange(0.0, MaxSeconds)]
    public double BusyTimeoutSeconds { get; set; } = 30;

    [Parameter]
    [ValidateRange(0.0, MaxSeconds)]
    public double TimeoutSeconds { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    public void Dispose() => _dispatcher?.Dispose();

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
        _dispatcher = new WorkDispatcher(limit: 1, _progress);
    }

    protected override void ProcessRecord()
    {
        var resolver = new PathResolver(SessionState);
        bool isLiteral = ParameterSetName != "Path";
        foreach (string path in ParameterSetName switch { "Path" => Path, "LiteralPath" => LiteralPath, _ => InputObject.Select(backup => backup.Destination) })
        {
            try
            {
                foreach (string backup in resolver.ResolveDatabases(path, isLiteral))
                {
                    Restore(backup, resolver);
                }
            }
            catch (SqliteBackupException e)
            {
                WriteError(ErrorRecords.Create(e, e.Path));
            }
        }
    }

    protected override void EndProcessing() => _dispatcher!.Complete();

    protected override void StopProcessing() => _dispatcher?.Stop();

    private void Restore(string backup, PathResolver resolver)
    {
        try
        {
            RestoreRequest request = CreateRequest(backup, resolver);
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
        catch (SqliteBackupException e)
        {
            WriteError(ErrorRecords.Create(e, backup));
        }
    }

    private RestoreRequest CreateRequest(string backup, PathResolver resolver) => new()
    {
        Backup = backup,
        Database = resolver.ResolveDestination(Destination),
        Overwrite = Force,
        TakeSafetyCopy = !NoSafetyCopy,
        SafetyCopyPath = SafetyCopyPath is null ? null : resolver.ResolveDestination(SafetyCopyPath),
        Verify = Verify,
        Copy = new CopyOptions
        {
            MaxBytesPerSecond = MaxBytesPerSecond == 0 ? null : MaxBytesPerSecond,
            BusyTimeout = TimeSpan.FromSeconds(BusyTimeoutSeconds),
            Timeout = TimeoutSeconds == 0 ? null : TimeSpan.FromSeconds(TimeoutSeconds),
        },
    };

    private static string Describe(RestoreRequest request, bool replaces) =>
        !replaces ? $"Make the database from '{request.Backup}'"
        : !request.TakeSafetyCopy ? $"Replace its content by that of '{request.Backup}', without a safety copy"
        : $"Replace its content by that of '{request.Backup}', after a safety copy {(request.SafetyCopyPath is string path ? $"to '{path}'" : "beside it")}";
}
