using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Verify;

namespace SqliteBackup.Commands;

/// <summary>Tests backups by doing what a restore would do, up to the last step.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SqliteBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupTestResult))]
public sealed class TestSqliteBackupCommand : LocationCommand
{
    // Not by property name: what has a Path and a Destination, too, is tested at its destination.
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [ObjectName("Backup", "FullName", "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public override string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "Backup", "Destination")]
    [ValidateNotNullOrEmpty]
    public override string[] LiteralPath { get; set; } = [];

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

    // Beside backups lie their manifests, which a pattern matches and Get-ChildItem lists too.
    private protected override IEnumerable<string> Resolve(string path) =>
        !MyInvocation.ExpectingInput && (IsLiteral || !WildcardPattern.ContainsWildcardCharacters(path))
            ? base.Resolve(path)
            : base.Resolve(path).Where(file =>
                !file.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) || !File.Exists(file[..^BackupManifest.FileSuffix.Length]));

    private protected override void Process(string backup)
    {
        BackupCatalog catalog = Catalogs.For(backup);
        using var progress = new ByteProgress(this, $"Downloading {System.IO.Path.GetFileName(backup)}");
        using FetchedBackup fetched = catalog.Fetch(backup, progress.Report, StopToken);
        var request = new BackupTestRequest
        {
            Path = fetched.Path,
            CheckForeignKeys = CheckForeignKeys,
            Queries = Query,
            Against = Against is null ? null : Resolver.ResolveDatabases(Against, isLiteral: true)[0],
        };
        request = request with { Level = Level ?? request.Level, BusyTimeout = Seconds.Of(BusyTimeoutSeconds) ?? request.BusyTimeout };
        try
        {
            BackupTestResult result = BackupTest.Run(request, StopToken);
            Record(catalog, fetched, result);
            WriteObject(result with { Backup = backup, Findings = [.. result.Findings.Select(fetched.Name)] });
            foreach (QueryResult answer in result.Answers.Where(answer => answer.IsInvalid))
            {
                string message = $"'{backup}' did not answer the query '{answer.Query}': {answer.Error!.TrimEnd('.')}. Check the query. The test of the backup itself is not touched by it.";
                Fail(new SqliteBackupException(BackupFailure.InvalidOption, backup, message), backup);
            }
        }
        catch (SqliteBackupException exception)
        {
            throw fetched.Name(exception);
        }
    }

    private void Record(BackupCatalog catalog, FetchedBackup fetched, BackupTestResult result)
    {
        try
        {
            TestRecord.Write(catalog, fetched, result, StopToken);
        }
        catch (SqliteBackupException e)
        {
            WriteWarning($"What was found could not be written into the manifest, so Get-SqliteBackup and Remove-SqliteBackup do not know of it. {e.Message}");
        }
    }
}
