using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>A machine whose clock is not the store's is told so, and nothing is stored.</summary>
public sealed class ClockSkew(ServerFixture<RadosStoreServer> fixture) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_clock_that_is_off_is_said_and_not_taken_for_wrong_credentials()
    {
        string faketime = Installed.OrSkip(() => Programs.Find("faketime", "faketime"));
        using IBackupStore store = fixture.Server.Open(Guid.NewGuid().ToString("N"));
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Login login = Login.To(fixture.Server, fixture.Server.Port);
        using var run = new ModuleRun(
            $"Backup-SqliteDatabase '{database}' '{store.Location}' -StoreOption {login.Options} -StagingPath '{_folder["staging"]}'",
            login.Environment,
            faketime,
            "-f",
            "+2h");

        (int code, string output, string error) = run.Join();

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("120 minutes ahead of the store's", error, StringComparison.Ordinal);
        Assert.Contains("Set this machine's clock.", error, StringComparison.Ordinal);
        Assert.Empty(StoreContents.Names(store));
        Assert.False(Directory.Exists(_folder["staging"]));
    }
}
