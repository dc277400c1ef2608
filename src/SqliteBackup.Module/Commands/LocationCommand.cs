using System.Collections;
using System.Management.Automation;
using System.Security;
using SqliteBackup.Catalog;
using SqliteBackup.Parameters;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>A command about backups, which stand in folders of this machine or in stores off it.</summary>
public abstract class LocationCommand : DatabaseCommand
{
    private BackupCatalogs? _catalogs;

    [Parameter]
    public Hashtable? StoreOption { get; set; }

    [Parameter]
    public PSCredential? StoreCredential { get; set; }

    [Parameter]
    [ValidateNumber(1, Seconds.Max)]
    public double? StoreTimeoutSeconds { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StagingPath { get; set; }

    [Parameter]
    public SecureString? Password { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PasswordFile { get; set; }

    /// <summary>The backups of every location that the command is given.</summary>
    private protected BackupCatalogs Catalogs => _catalogs ??= new BackupCatalogs(CreateSettings, OpenRepository, StagingFolder);

    /// <summary>How repositories are worked with.</summary>
    private protected virtual RepositoryOptions RepositoryOptions => new();

    /// <summary>The full path of the folder for copies on this machine, or null.</summary>
    private protected string? StagingFolder => StagingPath is null ? null : Resolver.ResolveDestination(StagingPath);

    protected override void Dispose(bool disposing)
    {
        _catalogs?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The backups in a folder, or the one that a file is, at any location.</summary>
    /// <exception cref="SqliteBackupException">There is none, or it can't be read.</exception>
    private protected IEnumerable<CatalogEntry> ListBackups(string item, bool recurse) => StoreLocation.NamesScheme(item)
        ? Catalogs.Match(Locate(item), IsLiteral, recurse, WriteWarning, StopToken)
        : CatalogPaths.List(item, recurse, WriteWarning, StopToken);

    /// <summary>Gives the catalogs away: what outlives the command ends them.</summary>
    private protected IDisposable? TakeCatalogs()
    {
        BackupCatalogs? catalogs = _catalogs;
        _catalogs = null;
        return catalogs;
    }

    private protected override IEnumerable<string> Resolve(string path) =>
        StoreLocation.NamesScheme(path) ? ResolveBackups(path) : base.Resolve(path);

    /// <summary>The backups in a store that a location names, with wildcards in its last part or without.</summary>
    private protected IEnumerable<string> ResolveBackups(string path)
    {
        StoreLocation location = Locate(path);
        if (location.IsFolder)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, path, $"'{path}' is a folder of a store. Name backups in it, with wildcards if you like: '{path}*'.");
        }

        return IsLiteral || !WildcardPattern.ContainsWildcardCharacters(location.Name) ? [UnescapedName(location)] : Matching(location);
    }

    /// <summary>The location that a text names: with its full path where it is a repository of this machine.</summary>
    /// <exception cref="SqliteBackupException">It is none.</exception>
    private protected StoreLocation Locate(string text)
    {
        StoreLocation location = StoreLocation.Parse(text);
        return location.IsRepository && !location.IsRemote ? location with { Path = Resolver.ResolveDestination(location.Folder.Path) + location.Name } : location;
    }

    private List<string> Matching(StoreLocation location)
    {
        string folder = location.Folder.ToString();
        List<string> found = [.. Catalogs.Match(location, isLiteral: false, recurse: false, WriteWarning, StopToken).Select(backup => backup.Backup!)];
        return found.Count > 0
            ? found
            : throw new SqliteBackupException(BackupFailure.BackupNotFound, location.ToString(), $"No backup in '{folder}' matches '{location.Name}'. See what there is with Get-SqliteBackup.");
    }

    // No wildcards are left, but an escaped one has to lose its backtick.
    private string UnescapedName(StoreLocation location) =>
        IsLiteral ? location.ToString() : location.Folder.Combine(WildcardPattern.Unescape(location.Name)).ToString();

    private RepositoryCatalog OpenRepository(StoreLocation location) => RepositoryAccess.WithPassword(Resolver, Password, PasswordFile, location, password =>
        RepositoryCatalog.Open(location, CreateSettings(location.Scheme), password, RepositoryOptions, StagingFolder, StopToken));

    private StoreSettings CreateSettings(StoreScheme scheme)
    {
        var settings = new StoreSettings();
        return settings with
        {
            Options = StoreOptions.Parse(scheme, StoreOption),
            Credential = StoreCredential is null ? null : new StoreCredential(StoreCredential.UserName, StoreCredential.GetNetworkCredential().Password),
            Timeout = Seconds.Of(StoreTimeoutSeconds) ?? settings.Timeout,
        };
    }
}
