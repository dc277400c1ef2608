using System.Collections;
using System.Management.Automation;
using SqliteBackup.Commands;

namespace SqliteBackup.Plans;

/// <summary>Asks the cmdlet itself whether it takes what a plan says, with a database that there is not and -WhatIf: nothing is done.</summary>
internal sealed class PlanOptionChecker(OwnCmdlets cmdlets)
{
    /// <summary>What the plan's parameters are refused for.</summary>
    public IEnumerable<PlanMistake> Check(BackupPlan plan) =>
        plan.Databases.SelectMany(databases => Check(plan, databases.Line, databases.Key, databases.Options, databases.Lines))
            .Concat(plan.Destinations.SelectMany(destination => Check(plan, destination.Line, destination.Key, destination.Options, destination.Lines)))
            .DistinctBy(mistake => (mistake.Line, mistake.Message));

    private PlanMistake[] Check(BackupPlan plan, int line, string key, Hashtable options, IReadOnlyDictionary<string, int> lines)
    {
        PlanMistake[] alone =
        [
            .. from string name in options.Keys
               where options[name] is not null
               let refusal = Refusal(new Hashtable { [name] = options[name] }, bindingOnly: true)
               where refusal is not null
               select new PlanMistake(plan.Path, lines.GetValueOrDefault(name, line), $"{key}.{name}", refusal),
        ];
        return alone.Length == 0 && options.Count > 0 && Refusal(options, bindingOnly: false) is string together
            ? [new PlanMistake(plan.Path, line, key, together)]
            : alone;
    }

    private string? Refusal(Hashtable options, bool bindingOnly)
    {
        var parameters = new Hashtable(options, StringComparer.OrdinalIgnoreCase)
        {
            ["LiteralPath"] = Path.Combine(Path.GetTempPath(), $"no-database-{Guid.NewGuid():N}"),
            ["Destination"] = Path.GetTempPath(),
            ["WhatIf"] = true,
        };
        ErrorRecord? error = cmdlets.Run(typeof(BackupSqliteDatabaseCommand), parameters).Errors.FirstOrDefault(error =>
            error.Exception is ParameterBindingException || (!bindingOnly && error.Exception is SqliteBackupException { Failure: BackupFailure.InvalidOption }));
        return error?.Exception.Message;
    }
}
