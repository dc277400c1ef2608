using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;

namespace SqliteBackup.Commands;

public sealed partial class BackupSqliteDatabaseCommand
{
    private readonly BackupCatalog _shelf = new();

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<BackupCompression>]
    public BackupCompression? Compress { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateCompressionLevel]
    public int? CompressionLevel { get; set; }

    [Parameter]
    public SwitchParameter SkipUnchanged { get; set; }

    [Parameter]
    public SwitchParameter Compact { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepLast { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepHourly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepDaily { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepWeekly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepMonthly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<int>]
    [ValidateNumber(0)]
    public int? KeepYearly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<TimeSpan>]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? KeepWithin { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue<TimeSpan>]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? OlderThan { get; set; }

    // In a folder the compression gives the name its end; a file's name says it itself.
    private BackupCompression CompressionFor(string destination) =>
        Compress ?? (BackupDestinations.IsFolder(destination) ? BackupCompression.None : BackupDestinations.CompressionOf(destination));

    // What a backup needs to stand on the shelf with others: in a folder, or where the shelf itself is asked for.
    private BackupRequest OnShelf(BackupRequest request, string destination)
    {
        var rules = new RetentionPolicy
        {
            KeepLast = KeepLast ?? 0,
            KeepHourly = KeepHourly ?? 0,
            KeepDaily = KeepDaily ?? 0,
            KeepWeekly = KeepWeekly ?? 0,
            KeepMonthly = KeepMonthly ?? 0,
            KeepYearly = KeepYearly ?? 0,
            KeepWithin = KeepWithin,
            OlderThan = OlderThan,
        };
        return request with
        {
            Verify = Verify ?? request.Verify,
            Copy = Apply(request.Copy),
            WriteManifest = BackupDestinations.IsFolder(destination) || SkipUnchanged || !rules.IsEmpty,
            Compression = CompressionFor(destination),
            CompressionLevel = CompressionLevel,
            SkipUnchanged = SkipUnchanged,
            Compact = Compact,
            Retention = rules.IsEmpty ? null : rules,
            Shelf = _shelf,
        };
    }
}
