using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SqliteBackup.Repository.Format;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryConfig))]
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(MasterKeyFile))]
[JsonSerializable(typeof(LockFile))]
[JsonSerializable(typeof(SnapshotFile))]
internal sealed partial class RepositoryJson : JsonSerializerContext
{
    /// <summary>For text that nobody shows in a browser: only what JSON itself asks for is escaped, as Go's encoder does.</summary>
    public static RepositoryJson Plain { get; } =
        new(new JsonSerializerOptions { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
