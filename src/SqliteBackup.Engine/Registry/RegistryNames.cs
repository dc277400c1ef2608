using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace SqliteBackup.Registry;

/// <summary>
/// The files of the registry: <c>SESSION.lock</c>, held locked while a process has backups; <c>SESSION-NUMBER.json</c>, a backup; and in
/// <c>control</c> a file named as the backup with what a user wants of it.
/// </summary>
internal static partial class RegistryNames
{
    public const string LockSuffix = ".lock";
    public const string StatusSuffix = ".json";
    public const string UnfinishedSuffix = ".tmp";

    public static string NewSession() => RandomNumberGenerator.GetHexString(8, lowercase: true);

    public static bool IsId(string text) => Id().IsMatch(text);

    /// <summary>Whether a file is, by its name, one that a session writes for a backup, finished or not.</summary>
    public static bool IsOfBackup(string text) => OfBackup().IsMatch(text);

    public static bool IsSession(string text) => Session().IsMatch(text);

    public static string SessionOf(string id) => id[..id.IndexOf('-', StringComparison.Ordinal)];

    [GeneratedRegex(@"^[0-9a-f]{8}-[0-9]{1,9}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"^[0-9a-f]{8}-[0-9]{1,9}(\.json)?(-[0-9a-f]{8})?(\.tmp)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex OfBackup();

    [GeneratedRegex(@"^[0-9a-f]{8}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Session();
}
