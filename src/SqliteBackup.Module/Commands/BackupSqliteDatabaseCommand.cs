using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Running;
using SqliteBackup.Search;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Backs up SQLite databases while they are in use.</summary>
[Cmdlet(VerbsData.Backup, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupResult), typeof(Job))]
public sealed partial class BackupSqliteDatabaseCommand : DatabaseCommand
{
    // An upper bound that a TimeSpan can hold, for people who write a very large number to mean never.
    private const double MaxSeconds = int.MaxValue;

    private readonly BackupDestinations _destinations = new();
    private RateBudget? _commandRate;
    private IStreams? _streams;
    private ProgressReporter? _progress;
    private WorkDispatcher? _dispatcher;
    private BackupJob? _job;

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public DatabaseInfo[] InputObject { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(string), Storage.FileNameFormat.Default)]
    [ValidateFileNameFormat]
    [ArgumentCompleter(typeof(FileNameFormatCompleter))]
    public string FileNameFormat { get; set; } = Storage.FileNameFormat.Default;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(CopyMode), CopyMode.Auto)]
    public CopyMode CopyMode { get; set; } = CopyMode.Auto;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), null)]
    [ValidatePagesPerStep]
    [ArgumentCompleter(typeof(PagesPerStepCompleter))]
    public int? PagesPerStep { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 25)]
    [ValidateRange(1, int.MaxValue)]
    public int StepMilliseconds { get; set; } = 25;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int StepDelayMilliseconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(long), 0L)]
    [ValidateRange(0L, long.MaxValue)]
    [ArgumentCompleter(typeof(MaxBytesPerSecondCompleter))]
    public long MaxBytesPerSecond { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(long), 1L << 30)]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxWalGrowth { get; set; } = 1L << 30;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(double), 4.0)]
    [ValidateRange(0.0, MaxSeconds)]
    public double MaxWriterStallSeconds { get; set; } = 4;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(double), 30.0)]
    [ValidateRange(0.0, MaxSeconds)]
    public double BusyTimeoutSeconds { get; set; } = 30;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(double), 0.0)]
    [ValidateRange(0.0, MaxSeconds)]
    public double TimeoutSeconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(VerifyLevel), VerifyLevel.Quick)]
    public VerifyLevel Verify { get; set; } = VerifyLevel.Quick;

    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Dispose(bool disposing)
    {
        _dispatcher?.Dispose();
        _job?.Dispose();
        base.Dispose(disposing);
    }

    protected override void BeginProcessing()
    {
        // Given to the command it is for all of its copies together; given by a row, for that row's copy within it.
        _commandRate = MyInvocation.BoundParameters.ContainsKey(nameof(MaxBytesPerSecond)) && MaxBytesPerSecond > 0 ? new RateBudget(MaxBytesPerSecond) : null;
        _streams = new CmdletStreams(this);
        _progress = new ProgressReporter(_streams.WriteProgress);
        _dispatcher = new WorkDispatcher(ThrottleLimit, _progress, StopToken);
    }

    protected override void EndProcessing()
    {
        _dispatcher!.Complete();
        if (_job is BackupJob job)
        {
            // From here on it is the session's.
            _job = null;
            JobRepository.Add(job);
            job.Start(Runspace.DefaultRunspace);
            WriteObject(job);
        }
    }

    private protected override IEnumerable<string> Paths =>
        ParameterSetName == "InputObject" ? InputObject.Select(database => database.Path) : base.Paths;

    private protected override void Process(string database)
    {
        string target = Resolver.ResolveDestination(Destination);
        var format = Storage.FileNameFormat.Parse(FileNameFormat);
        string destination = _destinations.Choose(
            database,
            target,
            format,
            DateTime.UtcNow,
            SessionState.Path.CurrentFileSystemLocation.ProviderPath,
            CompressionFor(target));
        if (!ShouldProcess(database, $"Back up to '{destination}'"))
        {
            return;
        }

        _destinations.SweepFolderOf(destination);
        var request = new BackupRequest
        {
            Database = database,
            Destination = destination,
            Overwrite = Force,
            MayRename = BackupDestinations.IsFolder(target) && format.IsUnique,
            Verify = Verify,
            CheckForeignKeys = CheckForeignKeys,
            KeepFailed = KeepFailed,
            Copy = GetCopyOptions(),
        };
        request = OnShelf(request, target);
        if (AsJob)
        {
            _job ??= new BackupJob(MyInvocation.Line.Trim(), ThrottleLimit);
            _job.Add(request);
            return;
        }

        _dispatcher!.Add(new BackupWork(request, _streams!, _progress!));
    }

    private CopyOptions GetCopyOptions() => new()
    {
        Mode = CopyMode,
        PagesPerStep = PagesPerStep,
        StepDuration = TimeSpan.FromMilliseconds(StepMilliseconds),
        StepDelay = TimeSpan.FromMilliseconds(StepDelayMilliseconds),
        MaxBytesPerSecond = MaxBytesPerSecond == 0 ? null : MaxBytesPerSecond,
        SharedRate = _commandRate,
        BusyTimeout = TimeSpan.FromSeconds(BusyTimeoutSeconds),
        Timeout = TimeoutSeconds == 0 ? null : TimeSpan.FromSeconds(TimeoutSeconds),
        MaxWalGrowth = MaxWalGrowth,
        MaxWriterStall = TimeSpan.FromSeconds(MaxWriterStallSeconds),
    };
}
