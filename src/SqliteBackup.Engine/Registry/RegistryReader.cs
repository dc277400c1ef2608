using System.Text.Json;
using SqliteBackup.Platform;

namespace SqliteBackup.Registry;

/// <summary>Reads what all sessions posted, tells the living from the dead, and sweeps what is over for a while.</summary>
internal sealed class RegistryReader(string folder, string controlFolder, Action<string>? onIgnored)
{
    /// <summary>How long a backup that ended stays in the registry.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(5);

    // No file of the registry is unfinished, and no action is left undone, for anything near it.
    private static readonly TimeSpan Unfinished = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, bool> _alive = [];

    /// <summary>Every backup, the dead as failed. What is over for a while goes.</summary>
    /// <param name="now">The time, UTC.</param>
    public List<BackupStatus> ReadAll(DateTime now) => ReadOlder(now, TimeSpan.Zero);

    /// <summary>Removes what is over for a while, without reading what can't be: thousands of small backups may have ended just now.</summary>
    /// <param name="now">The time, UTC.</param>
    public void Sweep(DateTime now) => _ = ReadOlder(now, Keep);

    private List<BackupStatus> ReadOlder(DateTime now, TimeSpan age)
    {
        var all = new List<BackupStatus>();
        if (!StateFolder.IsThere(folder))
        {
            return all;
        }

        foreach (string path in Directory.EnumerateFiles(folder))
        {
            if (!StateFolder.IsOwnFile(path))
            {
                if (FileStatus.OfEntry(path) is not null)
                {
                    onIgnored?.Invoke($"'{path}' was ignored: it is no file that this user wrote.");
                }

                continue;
            }

            string name = Path.GetFileNameWithoutExtension(path);
            switch (Path.GetExtension(path))
            {
                case RegistryNames.StatusSuffix when RegistryNames.IsId(name):
                    if ((age == TimeSpan.Zero || File.GetLastWriteTimeUtc(path) <= now - age) && Read(name, now) is BackupStatus status)
                    {
                        all.Add(status);
                    }

                    break;
                case RegistryNames.LockSuffix when RegistryNames.IsSession(name):
                    RegistrySession.RemoveIfDead(path);
                    break;
                case RegistryNames.UnfinishedSuffix when RegistryNames.IsOfBackup(name):
                    SweepOlder(path, now - Unfinished);
                    break;
                default:
                    onIgnored?.Invoke($"'{path}' was ignored: it is no file of the module's.");
                    break;
            }
        }

        foreach (string path in StateFolder.IsThere(controlFolder) ? Directory.EnumerateFiles(controlFolder).Where(path => RegistryNames.IsOfBackup(Path.GetFileName(path))) : [])
        {
            SweepOlder(path, now - Unfinished);
        }

        return all;
    }

    /// <summary>One backup, or null where it is not in the registry.</summary>
    public BackupStatus? Read(string id, DateTime now)
    {
        string path = Path.Combine(folder, id + RegistryNames.StatusSuffix);
        BackupStatus? status = Parse(path, id, now);
        if (status is null || status.IsEnded)
        {
            return Show(path, status, now);
        }

        DateTime writtenAt = File.GetLastWriteTimeUtc(path);
        if (IsAlive(RegistryNames.SessionOf(id)))
        {
            TimeSpan since = now - writtenAt;
            return status with { Elapsed = status.Elapsed + (since > TimeSpan.Zero ? since : TimeSpan.Zero) };
        }

        // A session writes how its backups ended before it gives up its lock: only what is unfinished now was left by a process that died.
        status = Parse(path, id, now);
        if (status is not null && !status.IsEnded)
        {
            status = Bury(status, path, now);
        }

        return Show(path, status, now);
    }

    private static BackupStatus? Show(string path, BackupStatus? status, DateTime now)
    {
        if (status is null || now - status.EndedAt < Keep)
        {
            return status;
        }

        PrivateFile.TryDeleteOwn(path);
        return null;
    }

    private BackupStatus Bury(BackupStatus status, string path, DateTime now)
    {
        BackupStatus buried = status with
        {
            State = BackupState.Failed,
            WaitingFor = BackupWait.None,
            EndedAt = now,
            Message = $"Its process ({status.ProcessId}) ended before it did: it was killed, or it crashed. Back up again; that also removes what it left in the destination's folder.",
        };
        try
        {
            PrivateFile.Write(path, StatusJson.Write(buried));
        }
        catch (Exception exception) when (PrivateFile.IsFileError(exception))
        {
            onIgnored?.Invoke($"'{path}' could not be written: {exception.Message}");
        }

        return buried;
    }

    private BackupStatus? Parse(string path, string id, DateTime now)
    {
        try
        {
            if (PrivateFile.Read(path) is not byte[] content)
            {
                return null;
            }

            return StatusJson.Read(content) is BackupStatus status && status.Id == id && StatusJson.IsSound(status)
                ? status
                : throw new JsonException("it is another backup's, or has values that no backup has.");
        }
        catch (Exception exception) when (exception is JsonException || PrivateFile.IsFileError(exception))
        {
            onIgnored?.Invoke($"'{path}' was ignored: {exception.Message}");
            SweepOlder(path, now - Keep);
            return null;
        }
    }

    private bool IsAlive(string session)
    {
        if (!_alive.TryGetValue(session, out bool alive))
        {
            alive = RegistrySession.IsAlive(folder, session);
            _alive.Add(session, alive);
        }

        return alive;
    }

    private static void SweepOlder(string path, DateTime than)
    {
        if (File.GetLastWriteTimeUtc(path) < than)
        {
            PrivateFile.TryDeleteOwn(path);
        }
    }
}

/// <summary>A backup as the bytes of its file.</summary>
internal static class StatusJson
{
    // Member by member, here and below: a serializer would compile four hundred methods for it beside the first backup of a process.
    public static byte[] Write(BackupStatus status)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString(nameof(status.Id), status.Id);
            json.WriteString(nameof(status.StartedAt), status.StartedAt);
            if (status.EndedAt is DateTime endedAt)
            {
                json.WriteString(nameof(status.EndedAt), endedAt);
            }
            else
            {
                json.WriteNull(nameof(status.EndedAt));
            }

            json.WriteString(nameof(status.Message), status.Message);
            json.WriteNumber(nameof(status.ProcessId), status.ProcessId);
            json.WriteString(nameof(status.Database), status.Database);
            json.WriteString(nameof(status.Backup), status.Backup);
            json.WriteString(nameof(status.State), status.State.ToString());
            json.WriteString(nameof(status.WaitingFor), status.WaitingFor.ToString());
            json.WriteNumber(nameof(status.PageSize), status.PageSize);
            json.WriteNumber(nameof(status.PageCount), status.PageCount);
            json.WriteNumber(nameof(status.Remaining), status.Remaining);
            json.WriteNumber(nameof(status.BytesPerSecond), status.BytesPerSecond);
            json.WriteString(nameof(status.Elapsed), status.Elapsed.ToString("c"));
            json.WriteNumber(nameof(status.Restarts), status.Restarts);
            json.WriteNumber(nameof(status.BusyRetries), status.BusyRetries);
            json.WriteNumber(nameof(status.WalBytes), status.WalBytes);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Whether a backup can stand like this, so that nobody who shows it or counts with it stumbles.</summary>
    public static bool IsSound(BackupStatus status) =>
        status.Database is not null
        && status.Backup is not null
        && Enum.IsDefined(status.State)
        && Enum.IsDefined(status.WaitingFor)
        && status.PageSize is >= 0 and <= 65536
        && status.Remaining >= 0
        && status.PageCount >= 0
        && status.BytesPerSecond >= 0
        && status.Elapsed >= TimeSpan.Zero
        && status.Elapsed < TimeSpan.FromDays(36_500)
        && status.IsEnded == (status.EndedAt is not null);

    /// <summary>Reads one.</summary>
    /// <param name="content">The bytes of a file, which may be anything.</param>
    /// <exception cref="JsonException">They are no JSON, or none of a backup: a member is missing, or of another kind.</exception>
    public static BackupStatus Read(byte[] content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private static BackupStatus Read(JsonElement json)
    {
        JsonElement ended = json.GetProperty(nameof(BackupStatus.EndedAt));
        return new BackupStatus
        {
            Id = json.GetProperty(nameof(BackupStatus.Id)).GetString()!,
            StartedAt = json.GetProperty(nameof(BackupStatus.StartedAt)).GetDateTime(),
            EndedAt = ended.ValueKind == JsonValueKind.Null ? null : ended.GetDateTime(),
            Message = json.GetProperty(nameof(BackupStatus.Message)).GetString(),
            ProcessId = json.GetProperty(nameof(BackupStatus.ProcessId)).GetInt32(),
            Database = json.GetProperty(nameof(BackupStatus.Database)).GetString()!,
            Backup = json.GetProperty(nameof(BackupStatus.Backup)).GetString()!,
            State = (BackupState)Enum.Parse(typeof(BackupState), json.GetProperty(nameof(BackupStatus.State)).GetString()!),
            WaitingFor = (BackupWait)Enum.Parse(typeof(BackupWait), json.GetProperty(nameof(BackupStatus.WaitingFor)).GetString()!),
            PageSize = json.GetProperty(nameof(BackupStatus.PageSize)).GetInt32(),
            PageCount = json.GetProperty(nameof(BackupStatus.PageCount)).GetInt64(),
            Remaining = json.GetProperty(nameof(BackupStatus.Remaining)).GetInt64(),
            BytesPerSecond = json.GetProperty(nameof(BackupStatus.BytesPerSecond)).GetDouble(),
            Elapsed = TimeSpan.ParseExact(json.GetProperty(nameof(BackupStatus.Elapsed)).GetString()!, "c", null),
            Restarts = json.GetProperty(nameof(BackupStatus.Restarts)).GetInt32(),
            BusyRetries = json.GetProperty(nameof(BackupStatus.BusyRetries)).GetInt32(),
            WalBytes = json.GetProperty(nameof(BackupStatus.WalBytes)).GetInt64(),
        };
    }
}
