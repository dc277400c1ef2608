using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>Copies backups with their manifests from one place to another.</summary>
[Cmdlet(VerbsCommon.Copy, "SqliteBackup", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(BackupCopyResult))]
public sealed class CopySqliteBackupCommand : LocationCommand
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    // Not by property name: what has a Path and a Destination, too, is copied from where it stands.
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [ObjectName("Backup", "FullName", "Path", TakesPathOfRow = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public override string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    [Parameter]
    [ValidateNumber(0)]
    [ArgumentCompleter(typeof(MaxBytesPerSecondCompleter))]
    public long? MaxBytesPerSecond { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    // A folder stands for the backups in it.
    private protected override IEnumerable<string> Resolve(string path)
    {
        ThrowIfRepository(path);
        IEnumerable<CatalogEntry> found = StoreLocation.NamesScheme(path)
            ? Catalogs.Match(StoreLocation.Parse(path), IsLiteral, recurse: false, WriteWarning, StopToken)
            : Resolver.ResolveItems(path, IsLiteral).Where(file => !IsManifest(file)).SelectMany(item => CatalogPaths.List(item, recurse: false, WriteWarning, StopToken));
        return found.Select(backup => backup.Backup!);
    }

    private protected override void Process(string backup)
    {
        string destination = DestinationOf(backup);
        if (!_taken.Add(destination))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationExists, backup, $"'{backup}' was not copied: another backup of this command went to '{destination}'. Name a folder, or copy them apart.");
        }

        if (!ShouldProcess(backup, $"Copy to '{destination}'"))
        {
            return;
        }

        var request = new BackupCopyRequest
        {
            Source = backup,
            SourceCatalog = Catalogs.For(backup),
            Destination = destination,
            DestinationCatalog = Catalogs.For(destination),
            Overwrite = Force,
            MaxBytesPerSecond = MaxBytesPerSecond is 0 ? null : MaxBytesPerSecond,
        };
        request.DestinationCatalog.SweepFolderOf(destination);
        using var progress = new ByteProgress(this, $"Copying {Text.Name(backup)}");
        WriteObject(BackupCopy.Run(request, progress.Report, new WarningObserver(WriteWarning), StopToken));
    }

    private string DestinationOf(string backup)
    {
        ThrowIfRepository(Destination);
        string name = NameOf(backup);
        if (StoreLocation.NamesScheme(Destination))
        {
            StoreLocation location = StoreLocation.Parse(Destination);
            return (location.IsFolder ? location.Combine(name) : location).ToString();
        }

        string path = Resolver.ResolveDestination(Destination);
        return System.IO.Path.GetFullPath(BackupDestinations.IsFolder(path) ? System.IO.Path.Combine(path, name) : path);
    }

    private static string NameOf(string backup) =>
        StoreLocation.NamesScheme(backup) ? StoreLocation.Parse(backup).Name : System.IO.Path.GetFileName(backup);

    private static bool IsManifest(string file) =>
        file.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) && File.Exists(file[..^BackupManifest.FileSuffix.Length]);

    private static void ThrowIfRepository(string location)
    {
        if (StoreLocation.NamesScheme(location) && StoreLocation.Parse(location).IsRepository)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, location, $"'{location}' is a repository, and Copy-SqliteBackup copies files. Repositories are copied with 'restic copy'; a backup in one is brought out with Restore-SqliteDatabase.");
        }
    }

    private sealed class WarningObserver(Action<string> warn) : IBackupObserver
    {
        public void OnProgress(BackupProgress progress)
        {
        }

        public void OnWarning(string message) => warn(message);
    }
}
