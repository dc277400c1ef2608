using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SqliteBackup.Registry;

namespace SqliteBackup.Plans;

/// <summary>What one run of a plan leaves for the next: in the user's state folder, under the plan's full path.</summary>
internal sealed record PlanMemory
{
    private static readonly UserState State = new("plans");

    /// <summary>Who runs it, or ran it last.</summary>
    public PlanRunner Runner { get; init; } = new(0, "", "", default);

    /// <summary>When the last run ended; null where it did not.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>What it came to.</summary>
    public PlanStatus? Status { get; init; }

    /// <summary>What is known of each database.</summary>
    public Dictionary<string, PlanDatabaseMemory> Databases { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Reads what the last run of a plan left; nothing where it can't be read.</summary>
    public static PlanMemory Of(string plan)
    {
        try
        {
            return State.Read(NameOf(plan) + ".json") is string text ? JsonSerializer.Deserialize(text, PlanMemoryJson.Default.PlanMemory) ?? new() : new();
        }
        catch (JsonException)
        {
            return new();
        }
    }

    /// <summary>Leaves it.</summary>
    public void Write(string plan) => State.Write(NameOf(plan) + ".json", JsonSerializer.Serialize(this, PlanMemoryJson.Default.PlanMemory));

    /// <summary>What is known once a run has ended.</summary>
    public PlanMemory After(PlanResult result) => this with
    {
        EndedAt = DateTime.UtcNow,
        Status = result.Outcome,
        Runner = PlanRunner.Me with { StartedAt = result.StartedAt },
        Databases = result.Databases.ToDictionary(
            database => database.Database,
            database =>
            {
                PlanDatabaseMemory known = Databases.GetValueOrDefault(database.Database) ?? new PlanDatabaseMemory { FirstSeenAt = result.StartedAt };
                return known with
                {
                    LastSuccessAt = database.Backup is null ? known.LastSuccessAt : result.StartedAt,
                    Failures = known.Failures + (database.Outcome == PlanDatabaseStatus.Failed ? 1 : 0),
                };
            },
            StringComparer.Ordinal),
    };

    /// <summary>Takes a plan for one run.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.SourceBusy"/>: another run has it.</exception>
    public static IDisposable Take(string plan)
    {
        if (State.TryLock(NameOf(plan) + ".lock") is IDisposable held)
        {
            return held;
        }

        PlanRunner runner = Of(plan).Runner;
        throw new SqliteBackupException(
            BackupFailure.SourceBusy,
            plan,
            $"The plan '{plan}' is being run by process {runner.ProcessId} of {runner.User} on {runner.Host}, since {runner.StartedAt:u}. Nothing was done. Try again when it has ended; Get-SqliteBackupProgress shows how far it is.");
    }

    // The name is for people, the hash tells plans of one name apart.
    private static string NameOf(string plan)
    {
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(plan)))[..12].ToLowerInvariant();
        string name = new([.. Path.GetFileNameWithoutExtension(plan).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' ? letter : '_').Take(40)]);
        return $"plan_{name}_{hash}";
    }
}

/// <summary>Who runs a plan.</summary>
internal sealed record PlanRunner(int ProcessId, string User, string Host, DateTime StartedAt)
{
    public static PlanRunner Me => new(Environment.ProcessId, Environment.UserName, Environment.MachineName, DateTime.UtcNow);
}

/// <summary>What is known of one database of a plan.</summary>
internal sealed record PlanDatabaseMemory
{
    /// <summary>When a run first had it.</summary>
    public DateTime FirstSeenAt { get; init; }

    /// <summary>The content of its last good backup is from then.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>How many runs it failed in.</summary>
    public long Failures { get; init; }

    /// <summary>When its newest backup at each location was last tested.</summary>
    public Dictionary<string, DateTime> TestedAt { get; init; } = new(StringComparer.Ordinal);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PlanMemory))]
internal sealed partial class PlanMemoryJson : JsonSerializerContext;
