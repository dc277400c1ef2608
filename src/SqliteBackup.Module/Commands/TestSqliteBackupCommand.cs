using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;
using SqliteBackup.Running;
using SqliteBackup.Storage;
using SqliteBackup.Verify;

namespace SqliteBackup.Commands;

/// <summary>Tests backups by doing what a restore would do, up to the last step.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SqliteBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupTestResult))]
public sealed class TestSqliteBackupCommand : ReadingCommand
{
    private readonly List<BackupTestStatus> _found = [];
    private CommandWork? _work;
    private bool _namesFolder;

    // Not by property name: what has a Path and a Destination, too, is tested at its destination.
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [ObjectName("Backup", "FullName", "Path", TakesPathOfRow = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public override string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "Backup", "Destination")]
    [ValidateNotNullOrEmpty]
    public override string[] LiteralPath { get; set; } = [];

    [Parameter]
    public SwitchParameter Latest { get; set; }

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    [Parameter]
    [ValidateSet(nameof(VerifyLevel.Quick), nameof(VerifyLevel.Full))]
    public VerifyLevel? Level { get; set; }

    [Parameter]
    public SwitchParameter CheckForeignKeys { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Query { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Against { get; set; }

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    protected override void Dispose(bool disposing)
    {
        _work?.Dispose();
        base.Dispose(disposing);
    }

    protected override void BeginProcessing() => _work = new CommandWork(this, "Testing", ThrottleLimit, asJob: false, StopToken);

    protected override void EndProcessing()
    {
        _work!.Complete();
        if (_namesFolder && _found.Count > 1)
        {
            string counts = string.Join(", ", _found.GroupBy(status => status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}"));
            WriteInformation(new HostInformationMessage { Message = $"{_found.Count} backups tested: {counts}." }, ["PSHOST"]);
        }
    }

    private protected override IEnumerable<string> Resolve(string path)
    {
        if (IsFolder(path))
        {
            _namesFolder = true;
            return Choose(StoreLocation.NamesScheme(path) ? [path] : Resolver.ResolveItems(path, IsLiteral));
        }

        // Beside backups lie their manifests, which a pattern matches and Get-ChildItem lists too.
        return !MyInvocation.ExpectingInput && (IsLiteral || !WildcardPattern.ContainsWildcardCharacters(path))
            ? base.Resolve(path)
            : base.Resolve(path).Where(file =>
                !file.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) || !File.Exists(file[..^BackupManifest.FileSuffix.Length]));
    }

    private protected override void Process(string backup)
    {
        var request = new BackupTestRequest
        {
            Path = backup,
            Identities = Identities,
            StagingFolder = StagingFolder,
            CheckForeignKeys = CheckForeignKeys,
            Queries = Query,
            Against = Against is null ? null : Resolver.ResolveDatabases(Against, isLiteral: true)[0],
        };
        request = request with { Level = Level ?? request.Level, BusyTimeout = Seconds.Of(BusyTimeoutSeconds) ?? request.BusyTimeout };
        BackupCatalog catalog = Catalogs.For(backup);
        _work!.Add((streams, progress) => new TestWork(backup, request, catalog, Tell, streams, progress));
    }

    private bool IsFolder(string path) => StoreLocation.NamesScheme(path)
        ? StoreLocation.Parse(path).IsFolder
        : Directory.Exists(Resolver.ResolveDestination(path)) || (!IsLiteral && Directory.Exists(Resolver.ResolveDestination(WildcardPattern.Unescape(path))));

    private IEnumerable<string> Choose(IEnumerable<string> folders)
    {
        var all = new BackupSelection { Latest = Latest };
        return [.. all.Of(folders.SelectMany(folder => ListBackups(folder, Recurse))).Select(backup => backup.Backup!)];
    }

    // What a query is to blame for is no matter of the backup's.
    private void Tell(BackupTestResult result)
    {
        _found.Add(result.Status);
        foreach (QueryResult answer in result.Answers.Where(answer => answer.IsInvalid))
        {
            string message = $"'{result.Backup}' did not answer the query '{answer.Query}': {answer.Error!.TrimEnd('.')}. Check the query. The test of the backup itself is not touched by it.";
            Fail(new SqliteBackupException(BackupFailure.InvalidOption, result.Backup, message), result.Backup);
        }
    }
}
