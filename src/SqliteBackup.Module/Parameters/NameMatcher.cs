using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>Matches file names with wildcards, as -Include and -Exclude do everywhere in PowerShell.</summary>
internal static class NameMatcher
{
    public static Func<string, bool> Of(IEnumerable<string> patterns, bool whenEmpty)
    {
        WildcardPattern[] known = [.. patterns.Select(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase))];
        return name => known.Length == 0 ? whenEmpty : Array.Exists(known, pattern => pattern.IsMatch(name));
    }
}
