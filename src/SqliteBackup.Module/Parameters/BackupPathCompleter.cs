using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using SqliteBackup.Catalog;

namespace SqliteBackup.Parameters;

/// <summary>Offers folders and backups; the manifests beside them are nobody's to name.</summary>
internal sealed class BackupPathCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        CompletionResult[] all = [.. CompletionCompleters.CompleteFilename(wordToComplete ?? "")];
        var names = all.Select(result => result.ToolTip).ToHashSet(StringComparer.Ordinal);
        return all.Where(result => !IsManifest(result.ToolTip, names));
    }

    private static bool IsManifest(string path, HashSet<string> names) =>
        path.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal)
        && (names.Contains(path[..^BackupManifest.FileSuffix.Length]) || File.Exists(path[..^BackupManifest.FileSuffix.Length]));
}
