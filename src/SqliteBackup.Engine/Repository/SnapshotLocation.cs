using System.Text.RegularExpressions;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository;

/// <summary>
/// The address of a backup in a repository: the repository's location, '#' and the beginning of the snapshot's id, 8 digits or more, as in
/// <c>restic:/srv/backups/#1a2b3c4d5e6f7081</c>. The id is the one under which the snapshot was written first: it outlives what restic and we
/// write anew with other tags or another verdict.
/// </summary>
public static partial class SnapshotLocation
{
    // 64 bits: restic shows 8 digits, and takes any number of them.
    private const int Digits = 16;

    /// <summary>The address of a backup.</summary>
    /// <param name="repository">The repository's location.</param>
    /// <param name="snapshot">The backup.</param>
    public static string Of(string repository, RepositorySnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return $"{repository}#{snapshot.PersistentId[..Digits]}";
    }

    /// <summary>Divides an address.</summary>
    /// <param name="text">A location.</param>
    /// <param name="repository">The repository's location; the whole text where it names no backup.</param>
    /// <param name="id">How the snapshot's id begins, in lower case; empty where the text names no backup.</param>
    /// <returns>Whether it names a backup.</returns>
    public static bool TryParse(string text, out string repository, out string id)
    {
        Match match = Address().Match(text);
        (repository, id) = match.Success ? (match.Groups["repository"].Value, match.Groups["id"].Value.ToLowerInvariant()) : (text, "");
        return match.Success;
    }

    /// <summary>The location of a repository as everything shows it: with a separator at its end, and the address of a backup without the backup.</summary>
    /// <param name="text">A location with or without <c>restic:</c>; a local one with a full path.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: it is none.</exception>
    public static StoreLocation RepositoryOf(string text)
    {
        string repository = TryParse(text, out string found, out _) ? found : text;
        StoreLocation location = StoreLocation.Parse(repository) with { IsRepository = true };
        return location.IsFolder ? location : location with { Path = location.Path + '/' };
    }

    [GeneratedRegex(@"^(?<repository>restic:.+)#(?<id>[0-9a-f]{8,64})$", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
