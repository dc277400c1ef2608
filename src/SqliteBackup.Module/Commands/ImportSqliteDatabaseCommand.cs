using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Sql;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Makes a new database by running SQL text.</summary>
[Cmdlet(VerbsData.Import, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(ImportResult))]
public sealed class ImportSqliteDatabaseCommand : DatabaseCommand
{
    private readonly BackupDestinations _destinations = new();

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    public VerifyLevel? Verify { get; set; }

    [Parameter]
    public SwitchParameter AllowUnsafe { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override IEnumerable<string> Resolve(string path) => Resolver.ResolveItems(path, IsLiteral);

    // Into a folder shop.sql.gz goes as shop.db.
    private string DestinationOf(string file)
    {
        string name = BackupDestinations.CompressionOf(file) == BackupCompression.None ? file : System.IO.Path.ChangeExtension(file, null);
        return _destinations.Choose(name, Resolver.ResolveDestination(Destination), FileNameFormat.Parse("{name}.db"), DateTime.UtcNow);
    }

    private protected override void Process(string file)
    {
        string destination = DestinationOf(file);
        if (!ShouldProcess(file, $"Import into the new database '{destination}'"))
        {
            return;
        }

        var request = new ImportRequest
        {
            Path = file,
            Destination = destination,
            Overwrite = Force,
            AllowUnsafe = AllowUnsafe,
        };
        request = request with { Verify = Verify ?? request.Verify };
        using var progress = new ByteProgress(this, $"Importing {System.IO.Path.GetFileName(file)}");
        ImportResult result = SqlImport.Run(request, progress.Report, StopToken);
        foreach (string sentence in result.LeftOutOfCheck)
        {
            WriteWarning($"'{destination}': {sentence}");
        }

        WriteObject(result);
    }
}
