namespace SqliteBackup.Pester;

/// <summary>Each It of tests/Pester is a test here; what Pester says about it is the failure's text.</summary>
public static class PesterTests
{
    [Theory]
    [MemberData(nameof(Outcomes), DisableDiscoveryEnumeration = true)]
    public static void It(PesterOutcome outcome) => Assert.True(outcome.Passed, outcome.Text);

    /// <summary>Runs the files when the tests run, not while they are looked for. SQLITEBACKUP_PESTER chooses files by a wildcard.</summary>
    public static async Task<IReadOnlyCollection<ITheoryDataRow>> Outcomes()
    {
        string chosen = Environment.GetEnvironmentVariable("SQLITEBACKUP_PESTER") ?? "*";
        string[] files = [.. Directory.GetFiles(Path.Combine(BuildPaths.RepositoryRoot, "tests", "Pester"), $"{chosen}.Tests.ps1").Order()];
        Assert.NotEmpty(files);
        var outcomes = new PesterOutcome[files.Length][];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, files.Length),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken },
            async (index, cancel) => outcomes[index] = await PesterFile.RunAsync(files[index], cancel));
        return [.. outcomes.SelectMany(file => file).Select(outcome => new TheoryDataRow<PesterOutcome>(outcome)
        {
            // The console shows no reasons for what is skipped, but names.
            TestDisplayName = outcome.Skipped ? $"{outcome.Name} ({outcome.Text})" : outcome.Name,
            Label = "",
            Skip = outcome.Skipped ? $"Pester: {outcome.Result}. {outcome.Text}" : null,
        })];
    }
}
