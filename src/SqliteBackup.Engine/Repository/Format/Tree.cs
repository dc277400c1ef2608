using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SqliteBackup.Repository.Format;

/// <summary>A file in a tree that we write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was last written.</param>
/// <param name="Content">The blobs that it consists of, in their order.</param>
internal sealed record TreeFile(string Name, long Bytes, DateTime Modified, HashId[] Content);

/// <summary>A list of files as restic writes it.</summary>
internal static class Tree
{
    // A hash in quotation marks, and a comma.
    private const int IdBytes = (2 * HashId.Size) + 3;

    // All else that stands in a node, and around nodes.
    private const int MaxNodeBytes = 1024;

    // So much JSON is in memory at a time.
    private const int MaxPending = 256 << 10;

    /// <summary>How many bytes a tree of files has at most.</summary>
    public static int MaxBytes(IEnumerable<TreeFile> files) => checked(files.Sum(file => MaxNodeBytes + (12 * file.Name.Length) + (file.Content.Length * IdBytes)));

    /// <summary>Writes a tree of files, by and by.</summary>
    public static void Write(Stream stream, IEnumerable<TreeFile> files)
    {
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("nodes"u8);
            foreach (TreeFile file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                Write(writer, file);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.Write("\n"u8);
    }

    /// <summary>Hands on every blob that a tree leads to: content of its files, and trees below it.</summary>
    /// <exception cref="JsonException">It is no tree.</exception>
    public static void Visit(ReadOnlySpan<byte> json, Action<HashId> content, Action<HashId> subtree)
    {
        var reader = new Utf8JsonReader(json);
        bool isTree = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth is not (1 or 3))
            {
                continue;
            }

            bool isContent = reader.CurrentDepth == 3 && reader.ValueTextEquals("content"u8);
            bool isSubtree = reader.CurrentDepth == 3 && reader.ValueTextEquals("subtree"u8);
            isTree |= reader.CurrentDepth == 1 && reader.ValueTextEquals("nodes"u8);
            if (isContent)
            {
                VisitIds(ref reader, content);
            }
            else if (isSubtree && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                subtree(Id(ref reader));
            }
        }

        if (!isTree)
        {
            throw new JsonException("No tree.");
        }
    }

    /// <summary>Whether a file of this name stands in a tree itself, with this content and no other.</summary>
    /// <exception cref="JsonException">It is no tree.</exception>
    public static bool HasFile(ReadOnlySpan<byte> json, string name, HashId[] content)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 2)
            {
                int count = 0;
                bool isEqual = true;
                TreeFile? file = ReadFile(ref reader, id => isEqual &= count < content.Length && content[count++] == id);
                if (file?.Name == name)
                {
                    return isEqual && count == content.Length;
                }
            }
        }

        return false;
    }

    /// <summary>The files that stand in a tree itself.</summary>
    /// <exception cref="JsonException">It is no tree.</exception>
    public static List<TreeFile> ReadFiles(ReadOnlySpan<byte> json)
    {
        var files = new List<TreeFile>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 2 && ReadFile(ref reader) is TreeFile file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    private static void Write(Utf8JsonWriter writer, TreeFile file)
    {
        const int OwnerReadWrite = 0b110_000_000;
        string time = file.Modified.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        Span<byte> id = stackalloc byte[2 * HashId.Size];
        writer.WriteStartObject();
        writer.WriteString("name"u8, GoText.Quote(file.Name));
        writer.WriteString("type"u8, "file"u8);
        writer.WriteNumber("mode"u8, OwnerReadWrite);
        writer.WriteString("mtime"u8, time);
        writer.WriteString("atime"u8, time);
        writer.WriteString("ctime"u8, time);
        writer.WriteNumber("uid"u8, 0);
        writer.WriteNumber("gid"u8, 0);
        writer.WriteNumber("size"u8, file.Bytes);
        writer.WriteNumber("links"u8, 1);
        writer.WriteStartArray("content"u8);
        foreach (HashId blob in file.Content)
        {
            blob.Format(id);
            writer.WriteStringValue(id);
            if (writer.BytesPending > MaxPending)
            {
                writer.Flush();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    // Where somebody else takes the content, the file has none.
    private static TreeFile? ReadFile(ref Utf8JsonReader reader, Action<HashId>? visit = null)
    {
        string name = "";
        bool isFile = false;
        long bytes = 0;
        DateTime modified = default;
        HashId[] content = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                if (visit is not null)
                {
                    VisitIds(ref reader, visit);
                    continue;
                }

                int count = 0;
                content = new HashId[CountIds(reader)];
                VisitIds(ref reader, id => content[count++] = id);
                continue;
            }

            string property = reader.GetString()!;
            reader.Read();
            switch (property)
            {
                case "name":
                    name = GoText.Unquote(reader.GetString() ?? "");
                    break;
                case "type":
                    isFile = reader.ValueTextEquals("file"u8);
                    break;
                case "size":
                    bytes = reader.GetInt64();
                    break;
                case "mtime":
                    modified = reader.TryGetDateTimeOffset(out DateTimeOffset time) ? time.UtcDateTime : default;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return isFile ? new TreeFile(name, bytes, modified, content) : null;
    }

    // The reader is a copy.
    private static int CountIds(Utf8JsonReader reader)
    {
        int count = 0;
        VisitIds(ref reader, _ => count++);
        return count;
    }

    private static void VisitIds(ref Utf8JsonReader reader, Action<HashId> visit)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            visit(Id(ref reader));
        }
    }

    private static HashId Id(ref Utf8JsonReader reader) =>
        HashId.TryParse(reader.ValueSpan, out HashId id) ? id : throw new JsonException("No SHA-256.");
}
