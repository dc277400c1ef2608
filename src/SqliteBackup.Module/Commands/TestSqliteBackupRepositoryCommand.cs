using System.Diagnostics;
using System.Management.Automation;
using SqliteBackup.Parameters;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Tests whether a repository is whole, and says which backups a damage hurts.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SqliteBackupRepository")]
[OutputType(typeof(RepositoryTestResult))]
public sealed class TestSqliteBackupRepositoryCommand : RepositoryCommand
{
    [Parameter]
    public SwitchParameter ReadData { get; set; }

    [Parameter]
    [ValidateNumber(0, Seconds.Max)]
    public double? BusyTimeoutSeconds { get; set; }

    private protected override void Process(StoreLocation location)
    {
        var clock = Stopwatch.StartNew();
        bool readData = ReadData;
        RepositoryCheckReport report = Use(
            location,
            $"Testing {location}",
            Seconds.Of(BusyTimeoutSeconds) ?? TimeSpan.Zero,
            (repository, advance) => RepositoryCheck.Run(repository, new RepositoryCheckOptions { ReadData = readData, Advancing = advance }, StopToken));
        WriteObject(RepositoryTestResult.Of(location.ToString(), report, readData, clock.Elapsed));
    }
}
