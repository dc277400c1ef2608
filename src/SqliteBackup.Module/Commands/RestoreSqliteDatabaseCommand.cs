using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;
using SqliteBackup.Restore;
using SqliteBackup.Running;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Restores a backup to a database, also to one that is in use.</summary>
[Cmdlet(VerbsData.Restore, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(RestoreResult), typeof(Job), typeof(string))]
public sealed class RestoreSqliteDatabaseCommand : ReadingCommand
{
    private readonly List<RestoreRequest> _requests = [];
    private readonly BackupDestinations _destinations = new();
    private CommandWork? _work;
    private RateBudget? _commandRate;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectName("Backup", "FullName", "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public override string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BackupResult[] InputObject { get; set; } = [];

    // Not by the property Database: the objects of Get-SqliteBackup have it, and nobody shall overwrite a live database by leaving something out.
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CatalogDatabaseCompleter))]
    public string? Database { get; set; }

    [Parameter]
    public DateTime? At { get; set; }

    [Parameter]
    [Age]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? Before { get; set; }

    [Parameter]
    [ValidateFileNameFormat]
    public string FileNameFormat { get; set; } = "{name}{extension}";

    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 1;

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    [Parameter]
    public SwitchParameter AsScript { get; set; }

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
        _work?.Dispose();
        base.Dispose(disposing);
    }

    protected override void BeginProcessing()
    {
        if (NoSafetyCopy && SafetyCopyPath is not null)
        {
            ThrowInvalidOption("-SafetyCopyPath and -NoSafetyCopy contradict each other. Use one of them.", SafetyCopyPath);
        }

        if ((At is not null || Before is not null) && Database is null)
        {
            ThrowInvalidOption("-At and -Before choose among the backups of one database. Say which with -Database.");
        }

        if (At is not null && Before is not null)
        {
            ThrowInvalidOption("-At and -Before contradict each other. Use one of them.");
        }

        // For all of the command's copies together.
        _commandRate = MaxBytesPerSecond is long rate and > 0 ? new RateBudget(rate) : null;
        _work = new CommandWork(this, "Restoring", ThrottleLimit, AsJob, StopToken);
    }

    // Two backups can't both become one database. Only when all are known can that be seen before anything is written.
    protected override void EndProcessing()
    {
        foreach (IGrouping<string, RestoreRequest> database in _requests
            .DistinctBy(request => (request.Backup, request.Database))
            .GroupBy(request => BackupDestinations.KeyOf(request.Database)))
        {
            RestoreRequest first = database.First();
            if (database.Count() == 1)
            {
                Try(first.Backup, () => Restore(first));
            }
            else
            {
                Fail(TooMany(first.Database, database.Count()), first.Database);
            }
        }

        _work!.Complete(TakeCatalogs);
    }

    private protected override IEnumerable<string> Paths =>
        ParameterSetName == "InputObject" ? InputObject.Select(backup => backup.Backup) : base.Paths;

    private protected override IEnumerable<string> Resolve(string path) => Database is null ? base.Resolve(path) : [Choose(path)];

    private protected override void Process(string backup) => _requests.Add(CreateRequest(backup));

    // The backup that shows the database as it was at the instant that is wanted.
    private string Choose(string path)
    {
        var choice = BackupChoice.Make(
            (StoreLocation.NamesScheme(path) ? [path] : Resolver.ResolveItems(path, IsLiteral)).SelectMany(item => ListBackups(item, recurse: false)), Resolver.ResolveDatabaseName(Database!), path, At?.ToUniversalTime() ?? DateTime.UtcNow - Before);
        foreach (string passedOver in choice.PassedOver)
        {
            WriteWarning(passedOver);
        }

        WriteVerbose(choice.Reason);
        return choice.Backup;
    }

    private static SqliteBackupException TooMany(string database, int count) => new(
        BackupFailure.InvalidOption,
        database,
        $"'{database}' was left as it is: {count} backups were named for it, and it can become only one of them. Name one backup; where they are of several databases of one name, restore them apart, each to a -Destination of its own.");

    private void Restore(RestoreRequest request)
    {
        bool replaces = DatabaseRestore.Check(request);
        if (AsScript)
        {
            WriteObject(RestoreScript.Line(request, MyInvocation.BoundParameters));
            return;
        }

        string action = Describe(request, replaces);
        if (Stopping || !(replaces ? ShouldDestroy(request.Database, action, Force) : ShouldProcess(request.Database, action)))
        {
            return;
        }

        _destinations.SweepFolderOf(request.Database);
        _work!.Add(request.Database, (streams, progress) => new RestoreWork(request, Catalogs.For(request.Backup), PassThru, streams, progress));
    }

    private RestoreRequest CreateRequest(string backup)
    {
        var request = new RestoreRequest
        {
            Backup = backup,
            Identities = Identities,
            Database = DestinationOf(backup),
            Overwrite = Force,
            TakeSafetyCopy = !NoSafetyCopy,
            SafetyCopyPath = SafetyCopyPath is null ? null : Resolver.ResolveDestination(SafetyCopyPath),
        };
        return request with
        {
            Verify = Verify ?? request.Verify,
            Copy = request.Copy with
            {
                SharedRate = _commandRate,
                BusyTimeout = Seconds.Of(BusyTimeoutSeconds) ?? request.Copy.BusyTimeout,
                Timeout = Seconds.AsLimit(TimeoutSeconds),
            },
        };
    }

    // In a folder a database gets the name that it had.
    private string DestinationOf(string backup)
    {
        string destination = Resolver.ResolveDestination(Destination);
        if (!BackupDestinations.IsFolder(destination))
        {
            return destination;
        }

        CatalogEntry? entry = Catalogs.For(backup).FindBackup(backup, StopToken);
        string name = entry?.Database ?? BackupDestinations.WithoutEncoding(backup);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(destination, Storage.FileNameFormat.Parse(FileNameFormat).GetFileName(name, entry?.SnapshotTakenAt ?? DateTime.UtcNow)));
    }

    private static string Describe(RestoreRequest request, bool replaces) =>
        !replaces ? $"Make the database from '{request.Backup}'"
        : !request.TakeSafetyCopy ? $"Replace its content by that of '{request.Backup}', without a safety copy"
        : $"Replace its content by that of '{request.Backup}', after a safety copy {(request.SafetyCopyPath is string path ? $"to '{path}'" : "beside it")}";
}
