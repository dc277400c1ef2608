using System.Collections;
using System.Management.Automation;
using System.Security;
using SqliteBackup.Parameters;
using SqliteBackup.Repository;
using SqliteBackup.Running;
using SqliteBackup.Storage;

namespace SqliteBackup.Commands;

/// <summary>A command about repositories.</summary>
public abstract class RepositoryCommand : ModuleCommand
{
    private RepositoryAccess? _access;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Repository")]
    [ObjectName("Repository", "Location")]
    [ValidateNotNullOrEmpty]
    public string Location { get; set; } = "";

    [Parameter]
    public SecureString? Password { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PasswordFile { get; set; }

    [Parameter]
    public IDictionary? StoreOption { get; set; }

    [Parameter]
    [Credential]
    public PSCredential? StoreCredential { get; set; }

    private protected RepositoryAccess Access =>
        _access ??= new RepositoryAccess(new PathResolver(SessionState, WriteWarning), Password, PasswordFile, StoreOption, StoreCredential);

    // What came of an object was made literal for patterns, and this is none.
    protected override void ProcessRecord() => Try(null, () =>
    {
        StoreLocation location = Access.Resolve(WildcardPattern.Unescape(Location));
        Try(location.ToString(), () => Process(location));
    });

    /// <summary>Does the command's work on one repository.</summary>
    /// <exception cref="SqliteBackupException">It failed.</exception>
    private protected abstract void Process(StoreLocation location);

    /// <summary>Works with a repository on a thread of its own, with a progress row.</summary>
    private protected T Use<T>(StoreLocation location, string activity, TimeSpan patience, Func<ResticRepository, Action<string, double>, T> work)
    {
        var pump = new PumpedWork(this, activity);
        return Access.WithPassword(location, password => pump.Run(() =>
        {
            using IBackupStore store = Access.OpenStore(location);
            using ResticRepository repository = ResticRepository.Open(store, password, new RepositoryOptions { LockPatience = patience, Warn = pump.Warn }, StopToken);
            return work(repository, pump.Advance);
        }));
    }
}
