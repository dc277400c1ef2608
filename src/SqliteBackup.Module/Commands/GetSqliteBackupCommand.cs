using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Lists the backups in folders, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "SqliteBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(CatalogEntry))]
public sealed class GetSqliteBackupCommand : LocationCommand
{
    private readonly List<string> _databases = [];
    private readonly List<string> _locations = [];
    private readonly List<CatalogEntry> _found = [];

    [Parameter(Position = 0, ParameterSetName = "Path")]
    [ObjectName("Backup", "FullName", "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public override string[] Path { get; set; } = ["."];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public override string[] LiteralPath { get; set; } = [];

    [Parameter(ValueFromPipeline = true)]
    [DatabaseName]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CatalogDatabaseCompleter))]
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

    // What is piped in names databases, but no database stands at a location.
    private protected override IEnumerable<string> Paths => _locations.Count == 0 ? base.Paths
        : MyInvocation.BoundParameters.ContainsKey(nameof(Path)) || IsLiteral ? base.Paths.Concat(_locations)
        : _locations;

    protected override void ProcessRecord()
    {
        foreach (string name in Database ?? [])
        {
            (MyInvocation.ExpectingInput && StoreLocation.NamesScheme(name) ? _locations : _databases).Add(name);
        }
    }

    protected override void EndProcessing()
    {
        base.ProcessRecord();
        if (MyInvocation.ExpectingInput && _databases.Count + _locations.Count == 0)
        {
            return;
        }

        var databases = new NamedDatabases(_databases, Resolver);
        var selection = new BackupSelection
        {
            Databases = databases.Patterns,
            After = After?.ToUniversalTime(),
            Before = Before?.ToUniversalTime(),
            OlderThan = OlderThan,
            Latest = Latest,
        };
        // With -Latest a database without a backup has a row that says so.
        if (!Latest && databases.Unmatched(selection, _found) is string warning)
        {
            WriteWarning(warning);
        }

        foreach (CatalogEntry backup in selection.Of(_found))
        {
            var shown = PSObject.AsPSObject(backup);
            if (Latest)
            {
                // A view of its own: what counts here is how well each database is backed up.
                shown.TypeNames.Insert(0, $"{typeof(CatalogEntry).FullName}#Latest");
            }

            WriteObject(shown);
        }
    }

    private protected override IEnumerable<string> Resolve(string path) =>
        StoreLocation.NamesScheme(path) ? [Locate(path).ToString()] : Resolver.ResolveItems(path, IsLiteral);

    private protected override void Process(string item) => _found.AddRange(ListBackups(item, Recurse));
}
