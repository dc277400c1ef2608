namespace SqliteBackup.Plans;

/// <summary>Something that is wrong with a plan, and where. Its shape is part of the module's contract.</summary>
/// <param name="Plan">The plan's full path.</param>
/// <param name="Line">The line in it, from 1.</param>
/// <param name="Key">The key that it is about, as in <c>Destinations[1].KeepDaily</c>; empty where it is the file.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record PlanMistake(string Plan, int Line, string Key, string Message)
{
    /// <summary>Where and what, in one line.</summary>
    public override string ToString() => $"'{Plan}', line {Line}{(Key.Length > 0 ? $", {Key}" : "")}: {Message}";
}
