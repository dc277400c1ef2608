using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;

namespace SqliteBackup.Commands;

/// <summary>Lists the backups in folders, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "SqliteBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(CatalogEntry))]
public sealed class GetSqliteBackupCommand : DatabaseCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _databases = [];

    [Parameter(Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = ["."];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    [Parameter(ValueFromPipeline = true)]
    [DatabaseName]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ShelvedDatabaseCompleter))]
    public string[]? Database { get; set; }

    [Parameter]
    public DateTime? After { get; set; }

    [Parameter]
    public DateTime? Before { get; set; }

    [Parameter]
    [Age]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? OlderThan { get; set; }

    [Parameter]
    public SwitchParameter Latest { get; set; }

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    public void Dispose() => _stop.Dispose();

    protected override void ProcessRecord() => _databases.AddRange(Database ?? []);

    protected override void EndProcessing()
    {
        var resolver = new PathResolver(SessionState);
        bool isLiteral = ParameterSetName == "LiteralPath";
        var found = new List<CatalogEntry>();
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                found.AddRange(CatalogPaths.List(resolver, path, isLiteral, Recurse, _stop.Token));
            }
            catch (SqliteBackupException e)
            {
                WriteError(ErrorRecords.Create(e, e.Path));
            }
        }

        bool isPiped = MyInvocation.ExpectingInput;
        if (isPiped && _databases.Count == 0)
        {
            return;
        }

        var selection = new BackupSelection
        {
            Databases = [.. _databases.Select(resolver.ResolveDatabaseName)],
            After = After?.ToUniversalTime(),
            Before = Before?.ToUniversalTime(),
            OlderThan = OlderThan,
            Latest = Latest,
        };
        WriteObject(selection.Of(found), enumerateCollection: true);
    }

    protected override void StopProcessing() => _stop.Cancel();
}
