using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Sql;

namespace SqliteBackup.Commands;

/// <summary>Writes a database that may be in use as SQL text.</summary>
[Cmdlet(VerbsData.Export, "SqliteDatabase", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(ExportResult), typeof(string))]
public sealed class ExportSqliteDatabaseCommand : ReadingCommand
{
    private readonly BackupDestinations _destinations = new();

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    [Parameter]
    public SwitchParameter AsString { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string[] Table { get; set; } = [];

    [Parameter]
    public SwitchParameter SchemaOnly { get; set; }

    [Parameter]
    public SwitchParameter DataOnly { get; set; }

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        if (AsString == (Destination is not null))
        {
            ThrowInvalidOption("Say where the text goes: -Destination for a file, or -AsString for the pipeline.");
        }

        if (SchemaOnly && DataOnly)
        {
            ThrowInvalidOption("-SchemaOnly and -DataOnly leave nothing together. Use one of them, or neither.");
        }
    }

    private protected override void Process(string database)
    {
        using var download = new ByteProgress(this, $"Downloading {System.IO.Path.GetFileName(database)}");
        using FetchedBackup fetched = Catalogs.For(database).Fetch(database, download.Report, StopToken);
        try
        {
            Export(database, fetched);
        }
        catch (SqliteBackupException exception)
        {
            throw fetched.Name(exception);
        }
    }

    private void Export(string database, FetchedBackup fetched)
    {
        var request = new ExportRequest
        {
            Database = fetched.Path,
            Identities = Identities,
            StagingFolder = StagingFolder,
            Tables = Table,
            SchemaOnly = SchemaOnly,
            DataOnly = DataOnly,
        };
        request = request with { BusyTimeout = Seconds.Of(BusyTimeoutSeconds) ?? request.BusyTimeout };
        using var progress = new ByteProgress(this, $"Exporting {System.IO.Path.GetFileName(database)}");
        if (AsString)
        {
            SqlExport.ToStrings(request, WriteObject, progress.Report, StopToken);
            return;
        }

        string destination = _destinations.Choose(
            NameOf(fetched.Path), Resolver.ResolveDestination(Destination!), Storage.FileNameFormat.Parse("{name}.sql"), DateTime.UtcNow);
        if (ShouldProcess(database, $"Export to '{destination}'"))
        {
            WriteObject(SqlExport.ToFile(request, destination, Force, progress.Report, StopToken) with { Database = database });
        }
    }

    // app.db.gz.age holds app.db, and both become app.sql.
    private static string NameOf(string database) => BackupDestinations.WithoutEncoding(database);
}
