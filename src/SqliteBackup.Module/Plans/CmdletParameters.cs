using System.Management.Automation;
using SqliteBackup.Commands;

namespace SqliteBackup.Plans;

/// <summary>Which parameters a cmdlet of the module has. They are asked of the cmdlet itself, so that a plan takes whatever it takes.</summary>
internal static class CmdletParameters
{
    /// <summary>The rules by which backups are kept, which a destination has.</summary>
    public static readonly IReadOnlyList<string> Rules =
    [
        .. Names(typeof(RemoveSqliteBackupCommand)).Where(name => name.StartsWith("Keep", StringComparison.Ordinal) || name == "OlderThan"),
    ];

    // What a plan says by other keys, or what makes no sense in one.
    private static readonly string[] PlansOwn = ["Path", "LiteralPath", "InputObject", "Destination", "AsJob", "PassThru", .. Rules];

    /// <summary>What Databases and Defaults may say about the backups themselves.</summary>
    public static readonly IReadOnlyList<string> OfBackups = [.. Names(typeof(BackupSqliteDatabaseCommand)).Except(PlansOwn)];

    /// <summary>The names of a cmdlet's parameters, without those that all cmdlets have.</summary>
    public static IEnumerable<string> Names(Type cmdlet) =>
        cmdlet.GetProperties().Where(property => property.IsDefined(typeof(ParameterAttribute), inherit: true)).Select(property => property.Name).Distinct();

    /// <summary>Those of some parameters that a cmdlet has.</summary>
    public static Dictionary<string, object?> For(Type cmdlet, System.Collections.Hashtable options)
    {
        HashSet<string> names = Names(cmdlet).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return options.Keys.Cast<string>().Where(names.Contains).ToDictionary(name => name, name => options[name], StringComparer.OrdinalIgnoreCase);
    }
}
