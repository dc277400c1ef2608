namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>A test with a session that stands in a folder of its own.</summary>
public abstract class ModuleTest : IDisposable
{
    private protected ModuleTest() => Session.MoveTo(Folder.Path);

    private protected TempFolder Folder { get; } = new();

    private protected ModuleSession Session { get; } = new();

    public void Dispose()
    {
        Session.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected RunOutcome Run(string script, params object?[] arguments) => Session.Run(script, arguments);

    /// <summary>Makes a database in the test's folder, with rows of about a page each, and closes it.</summary>
    private protected string Create(string name, int rows = 20) =>
        new SampleDatabase { Megabytes = rows / 256.0 }.Create(Folder[name]);

    private protected static long Rows(string database) => SampleDatabase.Scalar<long>(database, "SELECT count(*) FROM filler");

    private protected static long Pages(string database) => SampleDatabase.Scalar<long>(database, "PRAGMA page_count");

    /// <summary>Waits for what a test needs before it can go on.</summary>
    private protected static void WaitUntil(Func<bool> condition)
    {
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "What the test waited for did not happen within 30 seconds.");
    }
}
