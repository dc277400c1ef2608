using System.Management.Automation;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Sql;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Makes a new database by running SQL text.</summary>
[Cmdlet(VerbsData.Import, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(ImportResult))]
public sealed class ImportSqliteDatabaseCommand : DatabaseCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BackupDestinations _destinations = new();

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string Path { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    public VerifyLevel Verify { get; set; } = VerifyLevel.Quick;

    [Parameter]
    public SwitchParameter AllowUnsafe { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    public void Dispose() => _stop.Dispose();

    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        string path = isLiteral ? LiteralPath : Path;
        var resolver = new PathResolver(SessionState);
        SqlTextErrors.Guard(this, path, () =>
        {
            foreach (string file in resolver.ResolveItems(path, isLiteral))
            {
                SqlTextErrors.Guard(this, file, () => Import(file, DestinationOf(file, resolver)));
            }
        });
    }

    protected override void StopProcessing() => _stop.Cancel();

    // Into a folder shop.sql.gz goes as shop.db.
    private string DestinationOf(string file, PathResolver resolver)
    {
        string name = BackupDestinations.CompressionOf(file) == BackupCompression.None ? file : System.IO.Path.ChangeExtension(file, null);
        return _destinations.Choose(name, resolver.ResolveDestination(Destination), FileNameFormat.Parse("{name}.db"), DateTime.UtcNow);
    }

    private void Import(string file, string destination)
    {
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
            Verify = Verify,
        };
        using var progress = new ByteProgress(this, $"Importing {System.IO.Path.GetFileName(file)}");
        ImportResult result = SqlImport.Run(request, progress.Report, _stop.Token);
        foreach (string sentence in result.LeftOutOfCheck)
        {
            WriteWarning($"'{destination}': {sentence}");
        }

        WriteObject(result);
    }
}
