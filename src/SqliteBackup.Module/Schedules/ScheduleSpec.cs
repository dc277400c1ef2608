using System.Text.Json;
using System.Text.Json.Serialization;

namespace SqliteBackup.Schedules;

/// <summary>A schedule as a user wants it.</summary>
internal sealed record ScheduleSpec
{
    /// <summary>Its name: letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the plan that it runs.</summary>
    public required string Plan { get; init; }

    /// <summary>The time of the day, as in 02:30.</summary>
    public required TimeOnly At { get; init; }

    /// <summary>How far apart its runs are; null for a day.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>By how much at most a run is put off, so that not all machines come at once.</summary>
    public TimeSpan RandomDelay { get; init; }

    /// <summary>Whether it is this user's own, rather than the machine's.</summary>
    public bool IsUser { get; init; }

    /// <summary>When it runs.</summary>
    [JsonIgnore]
    public ScheduleTimes Times => ScheduleTimes.Of(At, Every);

    /// <summary>What the scheduler calls it.</summary>
    [JsonIgnore]
    public string Unit => $"sqlitebackup-{Name}";

    /// <summary>One line that is kept in what is installed, so that it can be read back.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, ScheduleJson.Default.ScheduleSpec);

    /// <summary>Reads that line.</summary>
    /// <returns>Null where it is none.</returns>
    public static ScheduleSpec? FromLine(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ScheduleJson.Default.ScheduleSpec);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ScheduleSpec))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
