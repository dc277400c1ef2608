using System.Text.Json;

namespace SqliteBackup.Catalog;

/// <summary>
/// A manifest as JSON, member by member. A serializer would compile nearly nine hundred methods for it in each new process, 90 ms of its first
/// backup.
/// </summary>
internal static class ManifestJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Writes a manifest. What is null is left out.</summary>
    public static byte[] Write(BackupManifest manifest)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Indented))
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", manifest.FormatVersion);
            json.WriteStartObject("source");
            json.WriteString("path", manifest.Source.Path);
            json.WriteString("host", manifest.Source.Host);
            json.WriteString("identity", manifest.Source.Identity);
            json.WriteEndObject();
            json.WriteString("startedAt", manifest.StartedAt);
            json.WriteString("snapshotTakenAt", manifest.SnapshotTakenAt);
            if (manifest.OrderedAt is DateTime orderedAt)
            {
                json.WriteString("orderedAt", orderedAt);
            }

            json.WriteString("duration", manifest.Duration.ToString("c"));
            json.WriteNumber("pageSize", manifest.PageSize);
            json.WriteNumber("pageCount", manifest.PageCount);
            json.WriteNumber("bytes", manifest.Bytes);
            json.WriteNumber("storedBytes", manifest.StoredBytes);
            json.WriteString("sha256", manifest.Sha256);
            WriteIfAny(json, "contentSha256", manifest.ContentSha256);
            if (manifest.Recipients is not null)
            {
                json.WriteStartArray("recipients");
                foreach (string recipient in manifest.Recipients)
                {
                    json.WriteStringValue(recipient);
                }

                json.WriteEndArray();
            }

            json.WriteString("sqliteVersion", manifest.SqliteVersion);
            json.WriteString("copyMode", manifest.CopyMode.ToString());
            json.WriteNumber("restarts", manifest.Restarts);
            json.WriteStartObject("check");
            json.WriteString("level", manifest.Check.Level.ToString());
            json.WriteString("answer", manifest.Check.Answer.ToString());
            json.WriteString("checkedAt", manifest.Check.CheckedAt);
            WriteIfAny(json, "sha256", manifest.Check.Sha256);
            json.WriteEndObject();
            json.WriteString("compression", manifest.Compression.ToString());
            json.WriteBoolean("isCompact", manifest.IsCompact);
            json.WriteNumber("applicationId", manifest.ApplicationId);
            json.WriteNumber("userVersion", manifest.UserVersion);
            json.WriteString("moduleVersion", manifest.ModuleVersion);
            Write(json, manifest.SourceFingerprint);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="bytes">Its bytes, which may be anything.</param>
    /// <exception cref="JsonException">They are no JSON, or none of a manifest: a member is missing, or of another kind.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
            {
                throw new JsonException("Something follows the manifest.");
            }

            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private static BackupManifest Read(JsonElement json)
    {
        JsonElement source = json.GetProperty("source");
        JsonElement check = json.GetProperty("check");
        return new BackupManifest
        {
            FormatVersion = json.GetProperty("formatVersion").GetInt32(),
            Source = new ManifestSource(Text(source, "path"), Text(source, "host"), Text(source, "identity")),
            StartedAt = json.GetProperty("startedAt").GetDateTime(),
            SnapshotTakenAt = json.GetProperty("snapshotTakenAt").GetDateTime(),
            OrderedAt = Find(json, "orderedAt") is JsonElement order ? order.GetDateTime() : null,
            Duration = TimeSpan.ParseExact(Text(json, "duration"), "c", null),
            PageSize = json.GetProperty("pageSize").GetInt32(),
            PageCount = json.GetProperty("pageCount").GetInt64(),
            Bytes = json.GetProperty("bytes").GetInt64(),
            StoredBytes = json.GetProperty("storedBytes").GetInt64(),
            Sha256 = Text(json, "sha256"),
            ContentSha256 = Find(json, "contentSha256")?.GetString(),
            Recipients = Find(json, "recipients") is JsonElement recipients ? TextsOf(recipients) : null,
            SqliteVersion = Text(json, "sqliteVersion"),
            CopyMode = (CopyMode)Value(json, "copyMode", typeof(CopyMode)),
            Restarts = json.GetProperty("restarts").GetInt32(),
            Check = new ManifestCheck(
                (VerifyLevel)Value(check, "level", typeof(VerifyLevel)),
                (CheckStatus)Value(check, "answer", typeof(CheckStatus)),
                check.GetProperty("checkedAt").GetDateTime(),
                Find(check, "sha256")?.GetString()),
            Compression = (BackupCompression)Value(json, "compression", typeof(BackupCompression)),
            IsCompact = Find(json, "isCompact")?.GetBoolean() ?? false,
            ApplicationId = json.GetProperty("applicationId").GetInt32(),
            UserVersion = json.GetProperty("userVersion").GetInt32(),
            ModuleVersion = Text(json, "moduleVersion"),
            SourceFingerprint = Find(json, "sourceFingerprint") is JsonElement fingerprint ? ReadFingerprint(fingerprint) : null,
        };
    }

    private static SourceFingerprint ReadFingerprint(JsonElement json) => new(
        Text(json, "identity"),
        json.GetProperty("size").GetInt64(),
        json.GetProperty("modified").GetInt64(),
        json.GetProperty("changed").GetInt64(),
        json.GetProperty("walSize").GetInt64(),
        json.GetProperty("walModified").GetInt64(),
        json.GetProperty("walChanged").GetInt64(),
        json.GetProperty("changeCounter").GetUInt32());

    private static void Write(Utf8JsonWriter json, SourceFingerprint? fingerprint)
    {
        if (fingerprint is null)
        {
            return;
        }

        json.WriteStartObject("sourceFingerprint");
        json.WriteString("identity", fingerprint.Identity);
        json.WriteNumber("size", fingerprint.Size);
        json.WriteNumber("modified", fingerprint.Modified);
        json.WriteNumber("changed", fingerprint.Changed);
        json.WriteNumber("walSize", fingerprint.WalSize);
        json.WriteNumber("walModified", fingerprint.WalModified);
        json.WriteNumber("walChanged", fingerprint.WalChanged);
        json.WriteNumber("changeCounter", fingerprint.ChangeCounter);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    // Null where it is missing or null.
    private static JsonElement? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? found : null;

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is null.");

    private static string[] TextsOf(JsonElement json)
    {
        var texts = new List<string>();
        foreach (JsonElement item in json.EnumerateArray())
        {
            texts.Add(item.GetString() ?? throw new JsonException("A recipient is null."));
        }

        return [.. texts];
    }

    private static object Value(JsonElement json, string name, Type type)
    {
        string text = Text(json, name);
        return Enum.TryParse(type, text, ignoreCase: true, out object? value) && Enum.IsDefined(type, value!)
            ? value!
            : throw new JsonException($"'{text}' is no {name}.");
    }
}
