using System.Collections;
using SqliteBackup.Commands;
using SqliteBackup.Parameters;
using SqliteBackup.Storage;

namespace SqliteBackup.Plans;

/// <summary>Looks for everything that would go wrong in the night, and tells all of it. Nothing is backed up.</summary>
internal sealed class PlanChecker(OwnCmdlets cmdlets, PathResolver resolver)
{
    /// <summary>Checks a plan that was read. The session stands in its folder.</summary>
    public PlanCheck Check(BackupPlan plan, IReadOnlyList<PlanMistake> read)
    {
        var mistakes = new List<PlanMistake>(read);
        mistakes.AddRange(new PlanOptionChecker(cmdlets).Check(plan));
        IReadOnlyList<PlannedDatabase> databases = new PlanDatabaseFinder(cmdlets, resolver).Find(
            plan,
            (entry, error) => mistakes.Add(new PlanMistake(plan.Path, entry.Line, entry.Key, error.Exception.Message)),
            (entry, warning) => mistakes.Add(new PlanMistake(plan.Path, entry.Line, entry.Key, warning)));
        foreach (PlanDestination destination in plan.Destinations)
        {
            mistakes.AddRange(Problems(destination, databases).Select(problem => new PlanMistake(plan.Path, destination.Line, $"{destination.Key}.Location", problem)));
        }

        mistakes.AddRange(Identities(plan));
        mistakes.AddRange(Told(plan.Tell).Select(problem => new PlanMistake(plan.Path, plan.Tell.Lines[problem.Key], $"Tell.{problem.Key}", problem.Message)));
        return new PlanCheck
        {
            Plan = plan.Path,
            Databases = [.. databases.Select(database => database.Path)],
            Destinations = [.. plan.Destinations.Select(destination => destination.Location)],
            Mistakes = [.. mistakes.Distinct().OrderBy(mistake => mistake.Line)],
        };
    }

    private IEnumerable<string> Problems(PlanDestination destination, IReadOnlyList<PlannedDatabase> databases)
    {
        StoreLocation location;
        string? folder = null;
        try
        {
            location = StoreLocation.Parse(destination.Location);
            folder = location is { IsRemote: false, IsRepository: false } ? Path.TrimEndingDirectorySeparator(resolver.ResolveDestination(destination.Location)) : null;
        }
        catch (SqliteBackupException exception)
        {
            return [exception.Message];
        }

        return folder is null ? Unreachable(destination) : LocalFolder.Problems(folder, destination.Options["MustExist"] is true, BytesNeeded(databases));
    }

    // Listing is the least that every run has to do there. That nothing is there yet is no problem, but for a repository, which nobody makes by the way.
    private IEnumerable<string> Unreachable(PlanDestination destination)
    {
        Hashtable parameters = new(CmdletParameters.For(typeof(GetSqliteBackupCommand), destination.Options)) { ["Path"] = destination.Location };
        return cmdlets.Run(typeof(GetSqliteBackupCommand), parameters).Errors
            .Where(error => (error.Exception as SqliteBackupException)?.Failure is not (BackupFailure.FileNotFound or BackupFailure.BackupNotFound))
            .Select(error => error.Exception.Message);
    }

    private IEnumerable<PlanMistake> Identities(BackupPlan plan)
    {
        if (plan.Test is not PlanTest test)
        {
            return [];
        }

        IEnumerable<Hashtable> options = plan.Databases.Select(databases => databases.Options).Concat(plan.Destinations.Select(destination => destination.Options));
        bool isEncrypted = options.Any(option => option["Recipient"] is not null);
        return isEncrypted && test.IdentityFiles.Count == 0 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AgeKeys.IdentityVariable))
            ? [new PlanMistake(plan.Path, test.Line, "Test", $"The backups are encrypted, and no test can open them. Name a file with the identity as IdentityFile or in {AgeKeys.IdentityVariable}, or leave Test out and test where the identity is.")]
            : test.IdentityFiles.Where(file => !File.Exists(resolver.ResolveDestination(file)))
                .Select(file => new PlanMistake(plan.Path, test.Line, "Test.IdentityFile", $"There is no file '{file}'. Check the path."));
    }

    // Copies are staged as they are; what stays may be smaller.
    private static long BytesNeeded(IReadOnlyList<PlannedDatabase> databases)
    {
        long[] sizes = [.. databases.Select(database => (database, file: new FileInfo(database.Path))).Where(pair => pair.file.Exists)
            .Where(pair => pair.database.Entry.Options["Compress"] is null or "None").Select(pair => pair.file.Length)];
        long largest = databases.Select(database => new FileInfo(database.Path)).Where(file => file.Exists).Select(file => file.Length).DefaultIfEmpty().Max();
        return Math.Max(largest, sizes.Sum());
    }

    private IEnumerable<(string Key, string Message)> Told(PlanTell tell)
    {
        foreach ((string key, string? path) in new[] { ("Log", tell.Log), ("Metrics", tell.Metrics) })
        {
            if (path is not null && Path.GetDirectoryName(resolver.ResolveDestination(path)) is string folder && !Directory.Exists(folder))
            {
                yield return (key, $"There is no folder '{folder}'. Make it, or check the path.");
            }
        }

        if (tell.Hook is string hook && !File.Exists(resolver.ResolveDestination(hook)))
        {
            yield return ("Hook", $"There is no script '{hook}'. Check the path.");
        }
    }
}
