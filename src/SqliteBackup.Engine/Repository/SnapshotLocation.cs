using System.Text.RegularExpressions;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository;

/// <summary>
/// The address of a backup in a repository: the repository's location and, as the name in it, '#' and the beginning of the snapshot's id, 8
/// digits or more, as in <c>restic:/srv/backups/#1a2b3c4d5e6f7081</c>. The id is the one under which the snapshot was written first: it
/// outlives what restic and we write anew with other tags or another verdict.
/// </summary>
public static partial class SnapshotLocation
{
    private const string Scheme = "restic:";

    // 64 bits: restic shows 8 digits, and takes any number of them.
    private const int Digits = 16;

    /// <summary>The address of a backup.</summary>
    /// <param name="repository">The repository's location, with a separator at its end.</param>
    /// <param name="snapshot">The backup.</param>
    public static string Of(string repository, RepositorySnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return $"{repository}#{snapshot.PersistentId[..Digits]}";
    }

    /// <summary>The repository that a text names, with or without <c>restic:</c>, with or without a backup in it.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: it is no location.</exception>
    public static StoreLocation RepositoryOf(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return StoreLocation.Parse(text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text : Scheme + text).Folder;
    }

    /// <summary>How the id begins that an address names, in lower case; null where it names no backup.</summary>
    internal static string? IdIn(string address) =>
        Id().Match(address) is { Success: true } match ? match.Groups["id"].Value.ToLowerInvariant() : null;

    [GeneratedRegex(@"/#(?<id>[0-9a-f]{8,64})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
