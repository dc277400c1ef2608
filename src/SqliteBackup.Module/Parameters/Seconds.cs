namespace SqliteBackup.Parameters;

/// <summary>Times that users give as seconds.</summary>
internal static class Seconds
{
    /// <summary>An upper bound that a TimeSpan can hold, for people who write a very large number to mean never.</summary>
    public const double Max = int.MaxValue;

    /// <summary>The time, or null where none was given.</summary>
    public static TimeSpan? Of(double? seconds) => seconds is double given ? TimeSpan.FromSeconds(given) : null;

    /// <summary>The time, or null where none was given or 0, which means no limit.</summary>
    public static TimeSpan? AsLimit(double? seconds) => seconds == 0 ? null : Of(seconds);
}
