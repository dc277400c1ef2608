using System.Globalization;
using System.Text;
using System.Text.Json;
using SqliteBackup.Catalog;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository;

/// <summary>A backup of a database in a repository: a snapshot of restic's with our tag.</summary>
public sealed class RepositorySnapshot
{
    /// <summary>The tag by which our snapshots are known. Snapshots without it are somebody else's, and left alone.</summary>
    public const string Tag = "sqlitebackup";

    private const string ExtentTag = "extent=";
    private const string CheckTag = "check=";

    internal RepositorySnapshot(HashId id, SnapshotFile file) => (HashId, File) = (id, file);

    /// <summary>Its name: 64 hexadecimal digits. restic shows the first eight.</summary>
    public string Id => HashId.ToString();

    /// <summary>The id under which it was written first, which stays when it is written again: by us after a check, by restic for other tags.</summary>
    public string PersistentId => (File.Original ?? HashId).ToString();

    /// <summary>The instant, UTC, whose content it holds.</summary>
    public DateTime TakenAt => File.Time.UtcDateTime;

    /// <summary>The machine that the database is on.</summary>
    public string Host => File.HostName;

    /// <summary>The full path of the database there.</summary>
    public string Database => File.Paths[0];

    /// <summary>Its tags, ours included.</summary>
    public IReadOnlyList<string> Tags => File.Tags ?? [];

    /// <summary>Bytes that it added to the repository when it was stored, or null where the snapshot does not say it.</summary>
    public long? BytesAdded => File.BytesAdded;

    /// <summary>Bytes in an extent of its database.</summary>
    public int ExtentBytes => ExtentOf(File) ?? DefaultExtentBytes;

    /// <summary>
    /// Its manifest, or null where the snapshot itself does not say it: after restic has written the snapshot again.
    /// <see cref="RepositorySession.ReadManifest"/> then finds the one beside the database.
    /// </summary>
    public BackupManifest? Manifest
    {
        get => File.Manifest is JsonElement manifest ? ManifestFile.Parse(Encoding.UTF8.GetBytes(manifest.GetRawText())).Manifest : null;
    }

    internal const int DefaultExtentBytes = 16 << 10;

    internal HashId HashId { get; }

    internal SnapshotFile File { get; }

    /// <summary>The name of the database's file in the tree.</summary>
    internal string FileName => FileNameOf(Database);

    /// <summary>Whether an id of it, the present or the first, begins with these digits.</summary>
    internal bool IsCalled(string digits) => HashId.StartsWith(digits) || File.Original?.StartsWith(digits) == true;

    internal static bool IsOurs(SnapshotFile file) => file.Paths.Count == 1 && file.Tags?.Contains(Tag) == true && ExtentOf(file) is not null;

    /// <summary>What <c>restic snapshots --tag</c> finds our snapshots by.</summary>
    internal static IReadOnlyList<string> TagsFor(int extentBytes, BackupManifest manifest, IEnumerable<string> others) =>
    [
        Tag,
        string.Create(CultureInfo.InvariantCulture, $"{ExtentTag}{extentBytes}"),
        $"database={manifest.Source.Identity}",
        $"module={manifest.ModuleVersion}",
        CheckTagFor(manifest),
        .. others,
    ];

    /// <summary>The tags of a snapshot whose backup was checked again.</summary>
    internal static IReadOnlyList<string> TagsAfterCheck(IReadOnlyList<string>? tags, BackupManifest manifest) =>
        [.. (tags ?? []).Where(tag => !tag.StartsWith(CheckTag, StringComparison.Ordinal)), CheckTagFor(manifest)];

    internal static string FileNameOf(string path) => path[(path.LastIndexOfAny(path.StartsWith('/') ? ['/'] : ['/', '\\']) + 1)..];

    private static string CheckTagFor(BackupManifest manifest) => CheckTag + (manifest.Check.Answer switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Corrupt => "corrupt",
        _ => "none",
    });

    private static int? ExtentOf(SnapshotFile file) =>
        file.Tags?.FirstOrDefault(tag => tag.StartsWith(ExtentTag, StringComparison.Ordinal)) is string tag
        && int.TryParse(tag.AsSpan(ExtentTag.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int bytes)
        && bytes is >= 512 and <= 8 << 20
            ? bytes
            : null;
}
