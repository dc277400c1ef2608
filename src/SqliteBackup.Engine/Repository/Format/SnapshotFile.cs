using System.Text.Json;
using System.Text.Json.Serialization;

namespace SqliteBackup.Repository.Format;

/// <summary>A file in <c>snapshots/</c>. What we do not know of it is kept when it is written again.</summary>
internal sealed record SnapshotFile
{
    [JsonPropertyName("time")]
    public required DateTimeOffset Time { get; init; }

    [JsonPropertyName("parent")]
    public HashId? Parent { get; init; }

    [JsonPropertyName("tree")]
    public required HashId Tree { get; init; }

    [JsonPropertyName("paths")]
    public IReadOnlyList<string> Paths { get; init; } = [];

    [JsonPropertyName("hostname")]
    public string HostName { get; init; } = "";

    [JsonPropertyName("username")]
    public string UserName { get; init; } = "";

    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }

    [JsonPropertyName("original")]
    public HashId? Original { get; init; }

    [JsonPropertyName("program_version")]
    public string? ProgramVersion { get; init; }

    /// <summary>
    /// The backup's manifest, so that a list needs no trees. restic passes over it, and leaves it out of snapshots that it writes again;
    /// the manifest in the tree then stands in for it.
    /// </summary>
    [JsonPropertyName("sqlitebackup_manifest")]
    public JsonElement? Manifest { get; init; }

    /// <summary>Bytes that the backup added to the repository. restic passes over it, too.</summary>
    [JsonPropertyName("sqlitebackup_bytes_added")]
    public long? BytesAdded { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
