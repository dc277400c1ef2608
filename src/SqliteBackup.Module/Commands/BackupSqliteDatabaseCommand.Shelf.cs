using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

public sealed partial class BackupSqliteDatabaseCommand
{
    private readonly BackupCatalog _shelf = new();

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(BackupCompression), null)]
    public BackupCompression? Compress { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), null)]
    [ValidateCompressionLevel]
    public int? CompressionLevel { get; set; }

    [Parameter]
    public SwitchParameter SkipUnchanged { get; set; }

    [Parameter]
    public SwitchParameter Compact { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepHourly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepDaily { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepWeekly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepMonthly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(int), 0)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepYearly { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(TimeSpan), null)]
    [ArgumentCompleter(typeof(AgeCompleter))]
    public TimeSpan? KeepWithin { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CsvValue(typeof(TimeSpan), null)]
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
            KeepLast = KeepLast,
            KeepHourly = KeepHourly,
            KeepDaily = KeepDaily,
            KeepWeekly = KeepWeekly,
            KeepMonthly = KeepMonthly,
            KeepYearly = KeepYearly,
            KeepWithin = KeepWithin,
            OlderThan = OlderThan,
        };
        return request with
        {
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
