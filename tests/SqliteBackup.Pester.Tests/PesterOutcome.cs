namespace SqliteBackup.Pester;

/// <summary>What became of one It.</summary>
/// <param name="Name">The names of its Describe and its own.</param>
/// <param name="Result">Pester's word: Passed, Failed, Skipped, NotRun or Inconclusive.</param>
/// <param name="Text">What Pester said about it where it failed or was skipped.</param>
public sealed record PesterOutcome(string Name, string Result, string Text)
{
    public bool Passed => Result == "Passed";

    public bool Skipped => Result is "Skipped" or "Inconclusive";

    public override string ToString() => $"{Result}: {Name}";
}
