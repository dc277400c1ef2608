using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using SqliteBackup.Output;
using SqliteBackup.Registry;

namespace SqliteBackup.Parameters;

/// <summary>Offers the backups that are running, each with what it copies and how far it is.</summary>
internal sealed class BackupIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IReadOnlyList<BackupStatus> all;
        try
        {
            all = BackupRegistry.Current.Read();
        }
        catch (SqliteBackupException)
        {
            // There is nobody to tell while a word is being completed; the command itself will say it.
            return [];
        }

        string typed = CompletionText.Typed(wordToComplete);
        return all
            .Where(backup => !backup.IsEnded && backup.Id.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(backup => new CompletionResult(
                backup.Id, Text.Line($"{backup.Id} {Path.GetFileName(backup.Database)}"), CompletionResultType.ParameterValue, Text.Line($"{backup.State}, {backup.PercentComplete:0} %: {backup.Database}")));
    }
}
