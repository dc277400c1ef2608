namespace SqliteBackup.Plans;

/// <summary>Reads what a plan says of whom to tell.</summary>
internal static class PlanTellReader
{
    private static readonly string[] Keys = ["Summary", "Log", "LogMaxBytes", "LogFiles", "Ping", "PingTimeoutSeconds", "Metrics", "SystemLog", "Hook"];

    public static PlanTell Read(PlanTable table)
    {
        table.RefuseUnknown(Keys);
        var usual = new PlanTell();
        return new PlanTell
        {
            Summary = table.Get("Summary", value => value.Read<bool>(), usual.Summary),
            Log = table.Get("Log", value => value.ReadText(), null),
            LogMaxBytes = table.Get("LogMaxBytes", value => AtLeast(value.Read<long>(), 1024), usual.LogMaxBytes),
            LogFiles = (int)table.Get("LogFiles", value => AtLeast(value.Read<int>(), 0), usual.LogFiles),
            Ping = table.Get("Ping", value => Address(value.ReadText()), null),
            PingTimeout = TimeSpan.FromSeconds(table.Get("PingTimeoutSeconds", value => Within(value.Read<double>(), 0.1, 600), usual.PingTimeout.TotalSeconds)),
            Metrics = table.Get("Metrics", value => Metrics(value.ReadText()), null),
            SystemLog = table.Get("SystemLog", value => value.Read<bool>(), usual.SystemLog),
            Hook = table.Get("Hook", value => value.ReadText(), null),
            Lines = table.Lines,
        };
    }

    private static long AtLeast(long number, long least) => number >= least ? number : throw new PlanValueException($"It must be {least} or more.");

    private static double Within(double number, double least, double most) =>
        number >= least && number <= most ? number : throw new PlanValueException($"It must be between {least} and {most}.");

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address!
            : throw new PlanValueException($"'{text}' is no address. Write one that begins with https://.");

    // The textfile collector reads no other.
    private static string Metrics(string path) =>
        path.EndsWith(".prom", StringComparison.Ordinal) ? path : throw new PlanValueException($"'{path}' does not end in .prom, and node_exporter reads no other files. Rename it.");
}
