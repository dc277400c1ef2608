using System.Collections;
using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Commands;
using SqliteBackup.Parameters;

namespace SqliteBackup.Plans;

/// <summary>Finds the databases of a plan, each once, with the parameters of its backup.</summary>
internal sealed class PlanDatabaseFinder(OwnCmdlets cmdlets, PathResolver resolver)
{
    // How surely an entry means a database; among equals the last one decides.
    private enum Aim
    {
        Search,
        Pattern,
        Name,
    }

    /// <summary>Finds them.</summary>
    /// <param name="plan">The plan. The session stands in its folder.</param>
    /// <param name="onProblem">Hears of what can't be found or read: the entry, the path, and why.</param>
    /// <param name="onLeftOut">Hears of what was found and can't be read.</param>
    public IReadOnlyList<PlannedDatabase> Find(BackupPlan plan, Action<PlanDatabases, ErrorRecord> onProblem, Action<PlanDatabases, string> onLeftOut)
    {
        var found = new Dictionary<string, (PlannedDatabase Database, Aim Aim)>(StringComparer.Ordinal);
        foreach (PlanDatabases entry in plan.Databases)
        {
            foreach (string path in entry.Paths)
            {
                (IEnumerable<string> files, Aim aim) = Resolve(entry, path, onProblem, onLeftOut);
                foreach (string file in files.Where(file => !found.TryGetValue(file, out (PlannedDatabase, Aim Aim) known) || known.Aim <= aim))
                {
                    found[file] = (new PlannedDatabase(file, entry), aim);
                }
            }
        }

        return [.. found.Values.Select(pair => pair.Database).OrderBy(database => database.Path, StringComparer.Ordinal)];
    }

    private (IEnumerable<string> Files, Aim Aim) Resolve(
        PlanDatabases entry, string path, Action<PlanDatabases, ErrorRecord> onProblem, Action<PlanDatabases, string> onLeftOut)
    {
        try
        {
            if (WildcardPattern.ContainsWildcardCharacters(path))
            {
                Func<string, bool> isExcluded = NameMatcher.Of([.. entry.Exclude], whenEmpty: false);
                IEnumerable<string> files = resolver.ResolveDatabases(path, isLiteral: false);
                return (files.Where(file => !isExcluded(Path.GetFileName(file)) && !FolderCatalog.IsBackup(file)), Aim.Pattern);
            }

            string item = resolver.ResolveItems(path, isLiteral: false)[0];
            return Directory.Exists(item) ? (Search(entry, item, onProblem, onLeftOut), Aim.Search) : ([item], Aim.Name);
        }
        catch (SqliteBackupException exception)
        {
            onProblem(entry, Output.ErrorRecords.Create(exception, exception.Path));
            return ([], Aim.Pattern);
        }
    }

    private string[] Search(PlanDatabases entry, string folder, Action<PlanDatabases, ErrorRecord> onProblem, Action<PlanDatabases, string> onLeftOut)
    {
        var parameters = new Hashtable(entry.Search, StringComparer.OrdinalIgnoreCase) { ["LiteralPath"] = folder };
        CmdletRun run = cmdlets.Run(typeof(GetSqliteDatabaseCommand), parameters);
        foreach (ErrorRecord error in run.Errors)
        {
            onProblem(entry, error);
        }

        foreach (string warning in run.Warnings)
        {
            onLeftOut(entry, warning);
        }

        string[] files = [.. run.Results<Search.DatabaseInfo>().Select(database => database.Path)];
        if (files.Length == 0 && run.Errors.Count == 0)
        {
            onProblem(entry, Output.ErrorRecords.Create(
                new SqliteBackupException(BackupFailure.FileNotFound, folder, $"There is no database in '{folder}'. Check the folder, and whether Recurse = $true is missing."), folder));
        }

        return files;
    }
}

/// <summary>A database of a plan.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Entry">The entry that decides how it is backed up.</param>
internal sealed record PlannedDatabase(string Path, PlanDatabases Entry);
