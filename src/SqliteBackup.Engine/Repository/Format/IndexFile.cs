using System.Text.Json;

namespace SqliteBackup.Repository.Format;

/// <summary>A file in <c>index/</c>: which blobs are in which packs.</summary>
internal static class IndexFile
{
    /// <summary>Blobs in one file at most, but for a single pack that has more.</summary>
    public const int MaxBlobs = 50_000;

    // What is said of a blob or a pack at most.
    private const int BytesPerBlob = 192;

    // So much JSON is in memory at a time.
    private const int MaxPending = 256 << 10;

    /// <summary>How many bytes the JSON of these packs has at most.</summary>
    public static int MaxBytes(IEnumerable<PackContent> packs) => checked(1024 + packs.Sum(pack => (pack.Blobs.Length + 1) * BytesPerBlob));

    /// <summary>Writes one, by and by.</summary>
    public static void Write(Stream stream, IEnumerable<PackContent> packs)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true });
        Span<byte> id = stackalloc byte[2 * HashId.Size];
        writer.WriteStartObject();
        writer.WriteStartArray("packs"u8);
        foreach (PackContent pack in packs)
        {
            writer.WriteStartObject();
            pack.Id.Format(id);
            writer.WriteString("id"u8, id);
            writer.WriteStartArray("blobs"u8);
            foreach (PackedBlob blob in pack.Blobs)
            {
                writer.WriteStartObject();
                blob.Id.Format(id);
                writer.WriteString("id"u8, id);
                writer.WriteString("type"u8, blob.Kind == BlobKind.Tree ? "tree"u8 : "data"u8);
                writer.WriteNumber("offset"u8, blob.Offset);
                writer.WriteNumber("length"u8, blob.Length);
                if (blob.PlainLength != 0)
                {
                    writer.WriteNumber("uncompressed_length"u8, blob.PlainLength);
                }

                writer.WriteEndObject();
                if (writer.BytesPending > MaxPending)
                {
                    writer.Flush();
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static List<PackContent> Read(ReadOnlySpan<byte> json)
    {
        var packs = new List<PackContent>();
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("packs"u8))
            {
                Skip(ref reader);
                continue;
            }

            Expect(ref reader, JsonTokenType.StartArray);
            while (NextObject(ref reader))
            {
                packs.Add(ReadPack(ref reader));
            }
        }

        return packs;
    }

    private static PackContent ReadPack(ref Utf8JsonReader reader)
    {
        HashId id = default;
        var blobs = new List<PackedBlob>();
        while (NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("blobs"u8))
            {
                Expect(ref reader, JsonTokenType.StartArray);
                while (NextObject(ref reader))
                {
                    blobs.Add(ReadBlob(ref reader));
                }
            }
            else
            {
                Skip(ref reader);
            }
        }

        return new PackContent(id, [.. blobs]);
    }

    private static PackedBlob ReadBlob(ref Utf8JsonReader reader)
    {
        HashId id = default;
        BlobKind kind = BlobKind.Data;
        uint offset = 0;
        uint length = 0;
        uint plainLength = 0;
        while (NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                Expect(ref reader, JsonTokenType.String);
                kind = reader.ValueTextEquals("tree"u8) ? BlobKind.Tree
                    : reader.ValueTextEquals("data"u8) ? BlobKind.Data
                    : throw new JsonException("A blob of an unknown type.");
            }
            else if (reader.ValueTextEquals("offset"u8))
            {
                offset = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("length"u8))
            {
                length = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("uncompressed_length"u8))
            {
                plainLength = ReadNumber(ref reader);
            }
            else
            {
                Skip(ref reader);
            }
        }

        return new PackedBlob(id, kind, offset, length, plainLength);
    }

    private static HashId ReadId(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return HashId.TryParse(reader.ValueSpan, out HashId id) ? id : throw new JsonException("No SHA-256.");
    }

    private static uint ReadNumber(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.Number);
        return reader.TryGetUInt32(out uint number) ? number : throw new JsonException("A number out of range.");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"No {type} where one must be.");
        }
    }

    private static bool NextProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static bool NextObject(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}

/// <summary>A pack and what is in it.</summary>
/// <param name="Id">The SHA-256 of the file.</param>
/// <param name="Blobs">Its blobs.</param>
internal sealed record PackContent(HashId Id, PackedBlob[] Blobs);
