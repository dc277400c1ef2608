using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Sql;

namespace SqliteBackup.Parameters;

/// <summary>Offers the names that the files have which the command was given. Where they can't be read, nothing is offered: the command itself will say why.</summary>
internal abstract class NameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);
        try
        {
            object? given = fakeBoundParameters["LiteralPath"] ?? fakeBoundParameters["Path"];
            return
            [
                .. PathsOf(given).SelectMany(NamesOf).Distinct().Where(name => name.Length > 0 && name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                    .Select(CompletionText.Of),
            ];
        }
        catch (Exception exception) when (exception is SqliteBackupException or RuntimeException)
        {
            return [];
        }
    }

    /// <summary>The names that a file or folder offers.</summary>
    protected abstract IEnumerable<string> NamesOf(string path);

    /// <summary>Where the command looks when it is given no path, or null.</summary>
    protected virtual string? DefaultPath => null;

    // A completer is not told where its session stands.
    private IEnumerable<string> PathsOf(object? given)
    {
        using var session = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var context = (EngineIntrinsics)session.AddScript("$ExecutionContext").Invoke()[0].BaseObject;
        var resolver = new PathResolver(context.SessionState);
        return LanguagePrimitives.ConvertTo<string[]>(given ?? DefaultPath ?? (object)Array.Empty<string>())
            .SelectMany(path => resolver.ResolveItems(path, isLiteral: false));
    }
}

internal sealed class TableCompleter : NameCompleter
{
    protected override IEnumerable<string> NamesOf(string path) => SqlTables.List(path, CancellationToken.None);
}

internal sealed class CatalogDatabaseCompleter : NameCompleter
{
    protected override string DefaultPath => ".";

    protected override IEnumerable<string> NamesOf(string path) =>
        (Directory.Exists(path) ? FolderCatalog.List(path, recurse: false, CancellationToken.None) : [])
            .Select(backup => Path.GetFileName(backup.Database)).OfType<string>();
}
