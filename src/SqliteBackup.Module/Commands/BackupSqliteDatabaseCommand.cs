using System.Management.Automation;
using System.Security;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Repository;
using SqliteBackup.Running;
using SqliteBackup.Search;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Commands;

/// <summary>Backs up SQLite databases while they are in use.</summary>
[Cmdlet(VerbsData.Backup, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupResult), typeof(Job))]
public sealed class BackupSqliteDatabaseCommand : LocationCommand
{
    private readonly BackupDestinations _destinations = new();
    private readonly FileBackups _toFiles = new();
    private CopyRates? _rates;
    private CommandWork? _work;
    private LeftOutFiles? _leftOut;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Database")]
    [ObjectName("FullName", "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public override string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public DatabaseInfo[] InputObject { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<string>]
    [ValidateFileNameFormat]
    [ArgumentCompleter(typeof(FileNameFormatCompleter))]
    public string? FileNameFormat { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<CopyMode>]
    public CopyMode? CopyMode { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidatePagesPerStep]
    [ArgumentCompleter(typeof(PagesPerStepCompleter))]
    public int? PagesPerStep { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(1)]
    public int? StepMilliseconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? StepDelayMilliseconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<long>]
    [ValidateNumber(0)]
    [ArgumentCompleter(typeof(MaxBytesPerSecondCompleter))]
    public long? MaxBytesPerSecond { get; set; }

    // PowerShell reads no property for a parameter that the command line has.
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? Row { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<long>]
    [ValidateNumber(0)]
    public long? MaxWalGrowth { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<double>]
    [ValidateNumber(0, Seconds.Max)]
    public double? MaxWriterStallSeconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<double>]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<double>]
    [ValidateNumber(0, Seconds.Max)]
    public double? TimeoutSeconds { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<VerifyLevel>]
    public VerifyLevel? Verify { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    [Parameter]
    public SwitchParameter MustExist { get; set; }

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter CheckForeignKeys { get; set; }

    [Parameter]
    public SwitchParameter KeepFailed { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<BackupCompression>]
    public BackupCompression? Compress { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateCompressionLevel]
    public int? CompressionLevel { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[]? Recipient { get; set; }

    [Parameter]
    public SecureString? Passphrase { get; set; }

    [Parameter]
    public SwitchParameter SkipUnchanged { get; set; }

    [Parameter]
    public SwitchParameter Compact { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepLast { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepHourly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepDaily { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepWeekly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepMonthly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepYearly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<TimeSpan>]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? KeepWithin { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<TimeSpan>]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? OlderThan { get; set; }

    private FileNameFormat NameFormat =>
        Storage.FileNameFormat.Parse(string.IsNullOrEmpty(FileNameFormat) ? Storage.FileNameFormat.Default : FileNameFormat);

    private IReadOnlyList<AgeRecipient> Recipients => AgeKeys.Recipients(Recipient ?? [], Passphrase, Resolver);

    private RetentionPolicy Rules => new()
    {
        KeepLast = KeepLast ?? 0,
        KeepHourly = KeepHourly ?? 0,
        KeepDaily = KeepDaily ?? 0,
        KeepWeekly = KeepWeekly ?? 0,
        KeepMonthly = KeepMonthly ?? 0,
        KeepYearly = KeepYearly ?? 0,
        KeepWithin = KeepWithin,
        OlderThan = OlderThan,
    };

    protected override void Dispose(bool disposing)
    {
        _work?.Dispose();
        base.Dispose(disposing);
    }

    protected override void BeginProcessing()
    {
        ThrowUnlessRecipients();
        _rates = new CopyRates(MaxBytesPerSecond);
        _work = new CommandWork(this, "Backing up", ThrottleLimit, AsJob, StopToken);
        _leftOut = new LeftOutFiles(this);
    }

    // What the command was given holds for every row: said once, and before any work.
    private void ThrowUnlessRecipients()
    {
        try
        {
            _ = Recipients;
        }
        catch (SqliteBackupException exception)
        {
            ThrowTerminatingError(ErrorRecords.Create(exception, exception.Path));
        }
    }

    protected override void EndProcessing()
    {
        foreach ((BackupRequest request, SqliteBackupException? conflict) in _toFiles.Decide())
        {
            if (conflict is null)
            {
                Start(request);
            }
            else
            {
                Fail(conflict, request.Database);
            }
        }

        _leftOut!.Tell();
        _work!.Complete(TakeCatalogs);
    }

    private protected override IEnumerable<string> Paths =>
        ParameterSetName == "InputObject" ? InputObject.Select(database => database.Path) : base.Paths;

    private protected override IEnumerable<string> Resolve(string path)
    {
        if (StoreLocation.NamesScheme(path))
        {
            throw new SqliteBackupException(
                BackupFailure.NotADatabase, path, $"'{path}' is a location in a store. Databases are backed up on the machine that has them: restore a backup to have it here, or copy it with Copy-SqliteBackup.");
        }

        bool isNamed = IsNamed(path);
        return _leftOut!.LeaveOutUnfinished(path, isNamed) ? [] : base.Resolve(path).Where(database => !_leftOut.LeaveOutBackup(database, isNamed));
    }

    private protected override void Fail(SqliteBackupException exception, string target)
    {
        base.Fail(exception, target);
        _work!.AddFailure(ErrorRecords.Create(exception, target), target);
    }

    private protected override void Process(string database)
    {
        BackupTarget target = Target;
        if (target.IsRepository)
        {
            // Its name among the repository's backups is the repository's to give.
            Start(CreateRequest(database, target.Path, target));
            return;
        }

        if (!target.IsFolder)
        {
            _toFiles.Add(CreateRequest(database, target.Path, target));
            return;
        }

        string root = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        string destination = _destinations.ChooseInFolder(database, target.Path, NameFormat, DateTime.UtcNow, root, target.CompressionOr(Compress), Recipients.Count > 0, target.IsRemote);
        Start(CreateRequest(database, destination, target));
    }

    private protected override RepositoryOptions RepositoryOptions
    {
        get
        {
            var options = new RepositoryOptions();
            return options with { CompressionLevel = CompressionLevel ?? options.CompressionLevel, LockPatience = Seconds.Of(BusyTimeoutSeconds) ?? new CopyOptions().BusyTimeout };
        }
    }

    private void Start(BackupRequest request)
    {
        if (!ShouldProcess(request.Database, $"Back up to '{request.Destination}'"))
        {
            return;
        }

        request.Catalog!.SweepFolderOf(request.Destination);
        _work!.Add(request.Database, (streams, progress) => new BackupWork(request, streams, progress));
    }

    private BackupTarget Target => StoreLocation.NamesScheme(Destination)
        ? BackupTarget.InStore(Locate(Destination), Destination, Compress, Recipients.Count > 0)
        : BackupTarget.OnThisMachine(Resolver.ResolveDestination(Destination), MustExist);

    private BackupRequest CreateRequest(string database, string destination, BackupTarget target)
    {
        RetentionPolicy rules = Rules;
        IReadOnlyList<AgeRecipient> recipients = Recipients;
        target.ThrowUnlessNameFits(recipients.Count > 0);
        var request = new BackupRequest { Database = database, Destination = destination };
        return request with
        {
            Overwrite = Force,
            MayRename = target.IsFolder && NameFormat.IsUnique,
            HasFixedName = !target.IsFolder,
            Verify = Verify ?? request.Verify,
            CheckForeignKeys = CheckForeignKeys,
            KeepFailed = KeepFailed,
            Copy = Apply(request.Copy),
            // What a backup needs to be listed, tested and pruned with others.
            WriteManifest = true,
            Compression = target.CompressionOr(Compress),
            CompressionLevel = target.IsRepository ? null : CompressionLevel,
            Recipients = recipients,
            StagingFolder = StagingFolder,
            SkipUnchanged = SkipUnchanged,
            Compact = Compact,
            Retention = rules.IsEmpty ? null : rules,
            Catalog = Catalogs.For(destination),
        };
    }

    // What is left out is what the Engine says.
    private CopyOptions Apply(CopyOptions options) => options with
    {
        Mode = CopyMode ?? options.Mode,
        PagesPerStep = PagesPerStep,
        StepDuration = StepMilliseconds is int step ? TimeSpan.FromMilliseconds(step) : options.StepDuration,
        StepDelay = StepDelayMilliseconds is int delay ? TimeSpan.FromMilliseconds(delay) : options.StepDelay,
        MaxBytesPerSecond = _rates!.OfCopy(MaxBytesPerSecond, Row),
        SharedRate = _rates.OfCommand,
        BusyTimeout = Seconds.Of(BusyTimeoutSeconds) ?? options.BusyTimeout,
        Timeout = Seconds.AsLimit(TimeoutSeconds),
        MaxWalGrowth = MaxWalGrowth ?? options.MaxWalGrowth,
        MaxWriterStall = Seconds.Of(MaxWriterStallSeconds) ?? options.MaxWriterStall,
    };
}
