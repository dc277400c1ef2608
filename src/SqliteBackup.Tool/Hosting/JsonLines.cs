using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SqliteBackup.Tool.Hosting;

/// <summary>One compact JSON value a line for each result, with every property of it.</summary>
internal static class JsonLines
{
    // A value in a row of the answer that a test's query had. Deeper than this go only objects such as a FileInfo, whose properties lead to the whole disk.
    private const int MaxDepth = 5;

    private static readonly JsonWriterOptions Options = new()
    {
        // The line is read by programs, never put into a web page: names stay legible.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The line for <paramref name="result"/>, without a line end.</summary>
    public static string Line(object? result)
    {
        try
        {
            return Line(writer => Write(writer, result, depth: 0));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A script's own class can throw anything while it is enumerated; its line must not take the others with it.
            return Line(writer => writer.WriteStringValue($"{result?.GetType()}: {error.Message}"));
        }
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, object? value, int depth)
    {
        object? bare = value switch
        {
            _ when ReferenceEquals(value, AutomationNull.Value) => null,
            PSObject wrapped => wrapped.BaseObject,
            _ => value,
        };
        if (WriteSimple(writer, bare))
        {
            return;
        }

        if (depth >= MaxDepth || IsNamedByItself(bare!, depth))
        {
            writer.WriteStringValue(Text(bare!));
        }
        else if (bare is IDictionary dictionary)
        {
            writer.WriteStartObject();
            foreach (DictionaryEntry entry in dictionary)
            {
                writer.WritePropertyName(Text(entry.Key));
                Write(writer, entry.Value, depth + 1);
            }

            writer.WriteEndObject();
        }
        else if (bare is IEnumerable items)
        {
            WriteArray(writer, items, depth);
        }
        else
        {
            WriteProperties(writer, PSObject.AsPSObject(value!), depth);
        }
    }

    private static bool WriteSimple(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                writer.WriteNullValue();
                return true;
            case string or char or Enum or Guid or Version or Uri or BigInteger:
                WriteScalarText(writer, value);
                return true;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return true;
            case SwitchParameter flag:
                writer.WriteBooleanValue(flag.IsPresent);
                return true;
            case double number:
                WriteFinite(writer, number, double.IsFinite(number));
                return true;
            case float number:
                WriteFinite(writer, number, float.IsFinite(number));
                return true;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                return true;
            case DateTime time:
                writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                return true;
            case DateTimeOffset time:
                writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                return true;
            case TimeSpan span:
                writer.WriteStringValue(span.ToString("c", CultureInfo.InvariantCulture));
                return true;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                return true;
            default:
                return false;
        }
    }

    private static void WriteScalarText(Utf8JsonWriter writer, object value)
    {
        if (value is BigInteger number)
        {
            writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteStringValue(Text(value));
        }
    }

    // JSON has no number for infinity or for none.
    private static void WriteFinite(Utf8JsonWriter writer, IFormattable number, bool finite)
    {
        if (finite)
        {
            writer.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static bool IsNamedByItself(object value, int depth) =>
        value is Type or System.Reflection.Assembly or Delegate or ScriptBlock or CultureInfo or Encoding
        || (depth > 0 && value is FileSystemInfo or PSModuleInfo or CommandInfo or Exception);

    private static void WriteArray(Utf8JsonWriter writer, IEnumerable items, int depth)
    {
        writer.WriteStartArray();
        foreach (object? item in items)
        {
            Write(writer, item, depth + 1);
        }

        writer.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter writer, PSObject result, int depth)
    {
        writer.WriteStartObject();
        foreach (PSPropertyInfo property in result.Properties)
        {
            object? value = null;
            try
            {
                value = property.IsGettable ? property.Value : null;
            }
            catch (GetValueException)
            {
                // A property that cannot be read now is null, as in every other view of the engine.
            }

            writer.WritePropertyName(property.Name);
            Write(writer, value, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
