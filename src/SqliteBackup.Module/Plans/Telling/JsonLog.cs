using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SqliteBackup.Plans.Telling;

/// <summary>A file of JSON lines: one where a run begins, one a database, one where it ends. A full file is put aside, as log.1, log.2 and so on.</summary>
internal sealed class JsonLog(BackupPlan plan, string path) : ITeller
{
    public string Name => $"The log '{path}'";

    public void Begin() => Append(Line("start", json => json.WriteNumber("processId", Environment.ProcessId)));

    public void End(PlanResult result, PlanMemory memory) => Append(
        string.Concat(result.Databases.Select(database => Line("database", json => Write(json, database)))) + Line("end", json => Write(json, result)));

    private static void Write(Utf8JsonWriter json, PlanDatabaseResult database)
    {
        json.WriteString("database", database.Database);
        json.WriteString("status", database.Status);
        json.WriteString("backup", database.Backup);
        json.WriteBoolean("unchanged", database.Unchanged);
        json.WriteNumber("bytes", database.Bytes);
        json.WriteNumber("storedBytes", database.StoredBytes);
        json.WriteNumber("seconds", Math.Round(database.Duration.TotalSeconds, 3));
        Write(json, "copies", database.Copies);
        Write(json, "tested", database.Tested);
        json.WriteNumber("removed", database.Removed);
        Write(json, "errors", database.Errors);
    }

    private static void Write(Utf8JsonWriter json, PlanResult result)
    {
        json.WriteString("status", result.Status);
        json.WriteNumber("exitCode", result.ExitCode);
        json.WriteNumber("seconds", Math.Round(result.Duration.TotalSeconds, 3));
        json.WriteNumber("databases", result.Databases.Count);
        json.WriteNumber("backedUp", result.BackedUp);
        json.WriteNumber("unchanged", result.Unchanged);
        json.WriteNumber("failed", result.Failed);
        json.WriteNumber("stale", result.Stale);
        json.WriteNumber("copied", result.Copied);
        json.WriteNumber("tested", result.Tested);
        json.WriteNumber("removed", result.Removed);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteNumber("storedBytes", result.StoredBytes);
        json.WriteNumber("bytesFreed", result.BytesFreed);
        Write(json, "problems", result.Problems);
        Write(json, "leftOut", result.LeftOut);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private string Line(string what, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow);
            json.WriteString("event", what);
            json.WriteString("plan", plan.Name);
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + '\n';
    }

    private void Append(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (new FileInfo(path) is { Exists: true, Length: > 0 } file && file.Length + bytes.Length > plan.Tell.LogMaxBytes)
        {
            PutAside();
        }

        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            // It names databases, so it is not everybody's.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        using var log = new FileStream(path, options);
        log.Write(bytes);
    }

    private void PutAside()
    {
        if (plan.Tell.LogFiles == 0)
        {
            File.Delete(path);
            return;
        }

        for (int number = plan.Tell.LogFiles; number > 1; number--)
        {
            if (File.Exists($"{path}.{number - 1}"))
            {
                File.Move($"{path}.{number - 1}", $"{path}.{number}", overwrite: true);
            }
        }

        File.Move(path, path + ".1", overwrite: true);
    }
}
