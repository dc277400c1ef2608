using System.Collections;
using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Commands;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Plans;

/// <summary>One destination of a running plan, and what the module's cmdlets do there.</summary>
internal sealed class PlanTarget(PlanDestination destination, OwnCmdlets cmdlets, PathResolver resolver, bool isWhatIf)
{
    private static readonly BackupFailure[] NothingThere = [BackupFailure.FileNotFound, BackupFailure.BackupNotFound, BackupFailure.RepositoryNotFound];

    private Dictionary<string, CatalogEntry> _newest = [];

    public PlanDestination Destination => destination;

    /// <summary>Its path where it is a folder of this machine; null for any other location.</summary>
    public string? Folder => StoreLocation.NamesScheme(destination.Location) ? null : resolver.ResolveDestination(destination.Location);

    private bool IsRepository => StoreLocation.NamesScheme(destination.Location) && StoreLocation.Parse(destination.Location).IsRepository;

    // Without a separator a folder that there is not yet would be a file.
    private string AsFolder => destination.Location is [.., '/' or '\\'] ? destination.Location : destination.Location + '/';

    /// <summary>Backs databases up to it.</summary>
    public CmdletRun BackUp(PlanDatabases entry, IEnumerable<string> databases)
    {
        var parameters = new Hashtable(entry.Options, StringComparer.OrdinalIgnoreCase)
        {
            ["LiteralPath"] = databases.ToArray(),
            ["Destination"] = AsFolder,
            ["WhatIf"] = isWhatIf,
        };
        if (IsRepository)
        {
            // It compresses and encrypts by itself: what the plan says for all is meant for files.
            foreach (string name in (string[])["Compress", "CompressionLevel", "Recipient", "Passphrase"])
            {
                parameters.Remove(name);
            }
        }

        foreach (string name in destination.Options.Keys)
        {
            parameters[name] = destination.Options[name];
        }

        return cmdlets.Run(typeof(BackupSqliteDatabaseCommand), parameters);
    }

    /// <summary>Lists what is newest there of each database of this machine.</summary>
    /// <returns>Why it could not be listed.</returns>
    public IReadOnlyList<ErrorRecord> Look()
    {
        CmdletRun run = cmdlets.Run(typeof(GetSqliteBackupCommand), Named(typeof(GetSqliteBackupCommand), new Hashtable { ["Latest"] = true }));
        _newest = run.Results<CatalogEntry>().Where(IsOurs).GroupBy(backup => backup.Database!, StringComparer.Ordinal)
            .ToDictionary(backups => backups.Key, backups => backups.First(), StringComparer.Ordinal);
        return [.. run.Errors.Where(error => !(error.Exception is SqliteBackupException { Failure: var failure } && NothingThere.Contains(failure)))];
    }

    /// <summary>The newest backup of a database there, or null. <see cref="Look"/> first.</summary>
    public CatalogEntry? Newest(string database) => _newest.GetValueOrDefault(database);

    /// <summary>Whether that is the backup of this run, or a copy of it.</summary>
    public bool HasOfThisRun(BackupResult? backup) =>
        backup is not null && Newest(backup.Database) is CatalogEntry newest && NameOf(newest.Backup!) == NameOf(backup.Backup);

    /// <summary>
    /// Whether backups come to it as copies. One of the two is no store, as a command has the options of one store; neither is a repository.
    /// </summary>
    public bool CanCopyFrom(PlanTarget first) => !IsRepository && !first.IsRepository && (Folder is not null || first.Folder is not null);

    /// <summary>Copies backups of another destination to it.</summary>
    public CmdletRun Copy(IEnumerable<string> backups, PlanTarget first)
    {
        var parameters = new Hashtable(CmdletParameters.For(typeof(CopySqliteBackupCommand), (Folder is null ? this : first).Destination.Options), StringComparer.OrdinalIgnoreCase)
        {
            ["LiteralPath"] = backups.ToArray(),
            ["Destination"] = AsFolder,
            // A copy whose manifest a killed run did not write stands in the way of itself.
            ["Force"] = true,
        };
        return cmdlets.Run(typeof(CopySqliteBackupCommand), parameters);
    }

    /// <summary>Tests a backup there.</summary>
    public CmdletRun Test(string backup, PlanTest test) =>
        cmdlets.Run(typeof(TestSqliteBackupCommand), Named(typeof(TestSqliteBackupCommand), Opened(new Hashtable { ["Level"] = test.Level }, test), backup));

    /// <summary>Restores a backup there to a file.</summary>
    public CmdletRun Restore(string backup, string file, PlanTest test) =>
        cmdlets.Run(typeof(RestoreSqliteDatabaseCommand), Named(typeof(RestoreSqliteDatabaseCommand), Opened(new Hashtable { ["Destination"] = file }, test), backup));

    /// <summary>Removes what no rule keeps of some databases. The rules count over all backups there.</summary>
    public CmdletRun Prune(IReadOnlySet<string> databases)
    {
        CmdletRun listed = cmdlets.Run(typeof(GetSqliteBackupCommand), Named(typeof(GetSqliteBackupCommand), []));
        object[] candidates = [.. listed.Output.Where(backup => backup.BaseObject is CatalogEntry entry && IsOurs(entry) && databases.Contains(entry.Database!))];
        if (candidates.Length == 0)
        {
            return new CmdletRun([], [], []);
        }

        var parameters = new Hashtable(destination.Keep, StringComparer.OrdinalIgnoreCase) { ["Force"] = true, ["Confirm"] = false, ["WhatIf"] = isWhatIf };
        foreach ((string name, object? value) in CmdletParameters.For(typeof(RemoveSqliteBackupCommand), destination.Options))
        {
            parameters[name] = value;
        }

        return cmdlets.Run(typeof(RemoveSqliteBackupCommand), parameters, candidates);
    }

    private static Hashtable Opened(Hashtable parameters, PlanTest test)
    {
        if (test.IdentityFiles.Count > 0)
        {
            parameters["IdentityFile"] = test.IdentityFiles.ToArray();
        }

        return parameters;
    }

    private static bool IsOurs(CatalogEntry backup) => backup.Database is not null && !backup.IsSafetyCopy && backup.Host == Environment.MachineName;

    private static string NameOf(string backup) => backup[(backup.LastIndexOfAny(['/', '\\']) + 1)..];

    private Hashtable Named(Type cmdlet, Hashtable parameters, string? path = null)
    {
        foreach ((string name, object? value) in CmdletParameters.For(cmdlet, destination.Options))
        {
            parameters[name] = parameters.Contains(name) ? parameters[name] : value;
        }

        path ??= destination.Location;
        parameters["LiteralPath"] = path;
        return parameters;
    }
}
