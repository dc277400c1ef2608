namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>A test with a session that stands in a folder of its own.</summary>
public abstract class ModuleTest : IDisposable
{
    private protected ModuleTest() => Session.MoveTo(Folder.Path);

    private protected DatabaseFolder Folder { get; } = new();

    private protected ModuleSession Session { get; } = new();

    public void Dispose()
    {
        Session.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected RunOutcome Run(string script, params object?[] arguments) => Session.Run(script, arguments);

    /// <summary>Waits for what a test needs before it can go on.</summary>
    private protected static void WaitUntil(Func<bool> condition)
    {
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "What the test waited for did not happen within 30 seconds.");
    }
}
