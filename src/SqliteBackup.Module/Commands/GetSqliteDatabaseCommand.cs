using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;
using SqliteBackup.Search;

namespace SqliteBackup.Commands;

/// <summary>Finds SQLite databases by their content and tells what they are.</summary>
[Cmdlet(VerbsCommon.Get, "SqliteDatabase", DefaultParameterSetName = "Path")]
[OutputType(typeof(DatabaseInfo))]
public sealed class GetSqliteDatabaseCommand : DatabaseCommand
{
    private DatabaseSearch? _search;
    private bool _isNamed;

    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectName("FullName", "PSPath", "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public override string[] Path { get; set; } = ["."];

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Depth { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Include { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Exclude { get; set; } = [];

    protected override void BeginProcessing()
    {
        Func<string, bool> isIncluded = NameMatcher.Of(Include, whenEmpty: true);
        Func<string, bool> isExcluded = NameMatcher.Of(Exclude, whenEmpty: false);
        _search = new DatabaseSearch
        {
            Depth = Depth ?? (Recurse ? int.MaxValue : 0),
            IsWanted = name => isIncluded(name) && !isExcluded(name),
            IsEntered = name => !isExcluded(name),
            OnPassedOver = WriteVerbose,
            OnLeftOut = WriteWarning,
        };
    }

    private protected override IEnumerable<string> Resolve(string path)
    {
        _isNamed = IsLiteral || !WildcardPattern.ContainsWildcardCharacters(path);
        return Resolver.ResolveItems(path, IsLiteral);
    }

    private protected override void Process(string item)
    {
        if (Directory.Exists(item))
        {
            foreach (DatabaseInfo database in _search!.Search(item, StopToken))
            {
                WriteObject(database);
            }
        }
        else if (_search!.IsWanted(System.IO.Path.GetFileName(item)))
        {
            ShowFile(item);
        }
    }

    private void ShowFile(string file)
    {
        if (_search!.Look(file) is DatabaseInfo database)
        {
            WriteObject(database);
        }
        else if (_isNamed)
        {
            throw new SqliteBackupException(
                BackupFailure.NotADatabase,
                file,
                FolderCatalog.Find(file) is CatalogEntry { IsEncrypted: true }
                    ? $"'{file}' is an encrypted backup, not a database. Use Get-SqliteBackup to see what it is, and Restore-SqliteDatabase with -IdentityFile to make a database of it."
                : FolderCatalog.Find(file) is CatalogEntry { Compression: not BackupCompression.None } backup
                    ? $"'{file}' is a compressed backup ({backup.Compression}), not a database. Use Get-SqliteBackup to see what it is, and Restore-SqliteDatabase to make a database of it."
                    : $"'{file}' is not an SQLite database: it does not begin as one, or it is encrypted or cut short.");
        }
    }
}
