using System.Globalization;
using System.Text;

namespace SqliteBackup.Plans.Telling;

/// <summary>
/// Metrics for node_exporter's textfile collector, in Prometheus's text format, replaced in one step
/// (https://github.com/prometheus/node_exporter#textfile-collector, https://prometheus.io/docs/instrumenting/exposition_formats/).
/// </summary>
internal sealed class MetricsFile(BackupPlan plan, string path) : ITeller
{
    public string Name => $"The metrics '{path}'";

    public void Begin()
    {
    }

    public void End(PlanResult result, PlanMemory memory)
    {
        string unfinished = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(unfinished, Format(result, memory), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            if (!OperatingSystem.IsWindows())
            {
                // The collector runs as a user of its own.
                File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private string Format(PlanResult result, PlanMemory memory)
    {
        var text = new StringBuilder();
        Family("plan_last_run_timestamp_seconds", "When the plan's last run began.", "gauge", [("", Unix(result.StartedAt))]);
        Family("plan_last_run_duration_seconds", "How long the plan's last run took.", "gauge", [("", result.Duration.TotalSeconds)]);
        Family("plan_last_run_exit_code", "0: all well. 1: something failed. 2: something is stale or was left out.", "gauge", [("", result.ExitCode)]);
        Family("plan_left_out", "What the plan's last run found and could not read.", "gauge", [("", result.LeftOut.Count)]);
        Each("backup_success", "Whether the last run did all of its work for the database.", "gauge", database => database.Outcome == PlanDatabaseStatus.Failed ? 0 : 1);
        Each("backup_last_success_timestamp_seconds", "When the last good backup of the database was made.", "gauge", database => Unix(Known(database)?.LastSuccessAt));
        Each("backup_age_seconds", "How old the newest backup was when the run ended, at the destination where it is oldest.", "gauge", database => database.Age?.TotalSeconds);
        Each("backup_bytes", "The size of the database in its last backup.", "gauge", database => database.Backup is null ? null : database.Bytes);
        Each("backup_stored_bytes", "What the last backup takes.", "gauge", database => database.Backup is null ? null : database.StoredBytes);
        Each("backup_duration_seconds", "How long the last backup took.", "gauge", database => database.Backup is null ? null : database.Duration.TotalSeconds);
        Each("backup_failures_total", "Runs in which something failed for the database.", "counter", database => Known(database)?.Failures ?? 0);
        Each("backup_last_test_timestamp_seconds", "When a backup of the database was last restored and found good.", "gauge", database => Unix(Known(database)?.TestedAt.Values.Cast<DateTime?>().Max()));
        return text.ToString();

        PlanDatabaseMemory? Known(PlanDatabaseResult database) => memory.Databases.GetValueOrDefault(database.Database);

        void Each(string name, string help, string type, Func<PlanDatabaseResult, double?> value) =>
            Family(name, help, type, result.Databases.Select(database => ($",database=\"{Escape(database.Database)}\"", value(database))));

        void Family(string name, string help, string type, IEnumerable<(string Labels, double? Value)> samples)
        {
            (string Labels, double? Value)[] known = [.. samples.Where(sample => sample.Value is not null)];
            if (known.Length == 0)
            {
                return;
            }

            text.Append(CultureInfo.InvariantCulture, $"# HELP sqlitebackup_{name} {help}\n# TYPE sqlitebackup_{name} {type}\n");
            foreach ((string labels, double? value) in known)
            {
                text.Append(CultureInfo.InvariantCulture, $"sqlitebackup_{name}{{plan=\"{Escape(plan.Name)}\"{labels}}} {value}\n");
            }
        }
    }

    private static double? Unix(DateTime? time) => time is DateTime at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)).ToUnixTimeMilliseconds() / 1000.0 : null;

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
