using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Verify;

namespace SqliteBackup.Commands;

/// <summary>Tests backups by doing what a restore would do, up to the last step.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SqliteBackup", DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupTestResult))]
public sealed class TestSqliteBackupCommand : DatabaseCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "Destination")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    [ValidateSet(nameof(VerifyLevel.Quick), nameof(VerifyLevel.Full))]
    public VerifyLevel Level { get; set; } = VerifyLevel.Full;

    [Parameter]
    public SwitchParameter CheckForeignKeys { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Query { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Against { get; set; }

    [Parameter]
    [ValidateRange(0.0, int.MaxValue)]
    public double BusyTimeoutSeconds { get; set; } = 30;

    public void Dispose() => _stop.Dispose();

    protected override void ProcessRecord()
    {
        var resolver = new PathResolver(SessionState);
        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (string backup in Backups(resolver, path, isLiteral))
                {
                    Test(resolver, backup);
                }
            }
            catch (SqliteBackupException e)
            {
                WriteError(ErrorRecords.Create(e, e.Path));
            }
            catch (OperationCanceledException)
            {
                throw new PipelineStoppedException();
            }
        }
    }

    protected override void StopProcessing() => _stop.Cancel();

    // Beside backups lie their manifests, which a pattern matches and Get-ChildItem lists too.
    private IEnumerable<string> Backups(PathResolver resolver, string path, bool isLiteral) =>
        !MyInvocation.ExpectingInput && (isLiteral || !WildcardPattern.ContainsWildcardCharacters(path))
            ? resolver.ResolveDatabases(path, isLiteral)
            : resolver.ResolveDatabases(path, isLiteral).Where(file =>
                !file.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) || !File.Exists(file[..^BackupManifest.FileSuffix.Length]));

    private void Test(PathResolver resolver, string backup)
    {
        try
        {
            var request = new BackupTestRequest
            {
                Path = backup,
                Level = Level,
                CheckForeignKeys = CheckForeignKeys,
                Queries = Query,
                Against = Against is null ? null : resolver.ResolveDatabases(Against, isLiteral: true)[0],
                BusyTimeout = TimeSpan.FromSeconds(BusyTimeoutSeconds),
            };
            BackupTestResult result = BackupTest.Run(request, _stop.Token);
            Record(result);
            WriteObject(result);
        }
        catch (SqliteBackupException e)
        {
            WriteError(ErrorRecords.Create(e, backup));
        }
    }

    private void Record(BackupTestResult result)
    {
        try
        {
            CheckRecord.Write(result);
        }
        catch (SqliteBackupException e)
        {
            WriteWarning($"What was found could not be written into the manifest, so Get-SqliteBackup and Remove-SqliteBackup do not know of it. {e.Message}");
        }
    }
}
