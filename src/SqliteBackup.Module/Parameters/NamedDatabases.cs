using SqliteBackup.Catalog;

namespace SqliteBackup.Parameters;

/// <summary>The databases whose backups a user means.</summary>
internal sealed class NamedDatabases(IEnumerable<string> names, PathResolver resolver)
{
    private const int MaxShown = 5;

    private readonly string[] _names = [.. names.Distinct()];

    /// <summary>Their paths, and patterns, as a selection takes them.</summary>
    public IReadOnlyList<string> Patterns => [.. _names.Select(resolver.ResolveDatabaseName)];

    /// <summary>What to warn of where no backup is of some of them; otherwise null.</summary>
    /// <param name="selection">The selection of them.</param>
    /// <param name="backups">All backups that were found.</param>
    public string? Unmatched(BackupSelection selection, IEnumerable<CatalogEntry> backups)
    {
        IReadOnlyList<string> missing = selection.Unmatched(backups);
        if (missing.Count == 0)
        {
            return null;
        }

        string shown = string.Join(", ", missing.Take(MaxShown).Select(database => $"'{database}'"));
        string more = missing.Count > MaxShown ? $" and {missing.Count - MaxShown} more" : "";

        // A name alone that a file here has means that file.
        string? here = Array.Find(_names, name => Path.GetFileName(name) == name && missing.Contains(resolver.ResolveDatabaseName(name)) && resolver.ResolveDatabaseName(name) != name);
        return $"No backup there is of {shown}{more}.{(here is null ? "" : $" '{here}' is taken for the file of that name in this folder; '*{here}' means every database of that name.")}";
    }
}
