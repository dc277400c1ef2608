using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Sql;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Makes a new database by running SQL text.</summary>
[Cmdlet(VerbsData.Import, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(ImportResult))]
public sealed class ImportSqliteDatabaseCommand : DatabaseCommand
{
    private const string PipedName = "the text from the pipeline";

    private readonly BackupDestinations _destinations = new();
    private bool _takesText;
    private string? _textDestination;
    private PipedSql? _text;

    // Empty lines of a text have no meaning as paths.
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectName("Backup", "FullName", "Path")]
    [AllowEmptyString]
    [SupportsWildcards]
    public override string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    public VerifyLevel? Verify { get; set; }

    [Parameter]
    public SwitchParameter AllowUnsafe { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        if (_takesText || IsText())
        {
            TakeText();
        }
        else if (!IsLiteral && Path.Contains(""))
        {
            ThrowInvalidOption("A path to import is empty. Name the SQL file.");
        }
        else
        {
            base.ProcessRecord();
        }
    }

    protected override void EndProcessing()
    {
        if (_textDestination is string destination && _text is not null)
        {
            Try(destination, () => Import(new ImportRequest { Path = PipedName, Text = _text, Destination = destination }));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _text?.Dispose();
        }

        base.Dispose(disposing);
    }

    private protected override IEnumerable<string> Resolve(string path) => Resolver.ResolveItems(path, IsLiteral);

    // Into a folder shop.sql.gz goes as shop.db.
    private string DestinationOf(string file)
    {
        string name = BackupDestinations.WithoutEncoding(file);
        return _destinations.Choose(name, Resolver.ResolveDestination(Destination), FileNameFormat.Parse("{name}.db"), DateTime.UtcNow);
    }

    private protected override void Process(string file)
    {
        string destination = DestinationOf(file);
        if (!ShouldProcess(file, $"Import into the new database '{destination}'"))
        {
            return;
        }

        Import(new ImportRequest { Path = file, Destination = destination });
    }

    // What is piped in is text, from the first piece on that is no file's name; what was written as -Path never is.
    private bool IsText() =>
        MyInvocation.ExpectingInput && !IsLiteral && Path is [string piece] && PipedText.IsSql(piece)
        && !File.Exists(System.IO.Path.Combine(SessionState.Path.CurrentFileSystemLocation.ProviderPath, piece));

    private void TakeText()
    {
        if (!_takesText)
        {
            _takesText = true;
            string destination = Resolver.ResolveDestination(Destination);
            if (BackupDestinations.IsFolder(destination))
            {
                ThrowInvalidOption($"'{destination}' is a folder, and text from the pipeline has no name. Name the database to make.", destination);
            }

            if (ShouldProcess(PipedName, $"Import into the new database '{destination}'"))
            {
                Try(destination, () => _text = new PipedSql(destination));
                _textDestination = destination;
            }
        }

        Try(_textDestination, Append);
    }

    private void Append()
    {
        try
        {
            Array.ForEach(Path, piece => _text?.Append(piece));
        }
        catch (SqliteBackupException)
        {
            // One error is enough, and nothing may be made of a part.
            _text?.Dispose();
            _text = null;
            throw;
        }
    }

    private void Import(ImportRequest request)
    {
        request = request with { Overwrite = Force, AllowUnsafe = AllowUnsafe, Verify = Verify ?? request.Verify };
        using var progress = new ByteProgress(this, $"Importing {System.IO.Path.GetFileName(request.Path)}");
        ImportResult result = SqlImport.Run(request, progress.Report, StopToken);
        foreach (string sentence in result.LeftOutOfCheck)
        {
            WriteWarning($"'{request.Destination}': {sentence}");
        }

        WriteObject(result);
    }
}
