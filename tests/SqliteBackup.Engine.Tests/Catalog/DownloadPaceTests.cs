using SqliteBackup.Catalog;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>What comes from a store, while somebody wants it to wait.</summary>
public sealed class DownloadPaceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task While_it_is_suspended_nothing_more_is_read()
    {
        var control = new BackupControl();
        control.Suspend();
        var pace = new DownloadPace(rate: null, control, TestContext.Current.CancellationToken);
        Task passed = Task.Run(() => pace.Pass(1), TestContext.Current.CancellationToken);

        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(passed.IsCompleted);

        control.Resume();
        await passed.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, 1L)]
    public async Task A_wait_ends_with_the_command(bool isSuspended, long? bytesPerSecond)
    {
        using var cancel = new CancellationTokenSource();
        var control = new BackupControl();
        if (isSuspended)
        {
            control.Suspend();
        }

        var pace = new DownloadPace(bytesPerSecond is long rate ? new RateBudget(rate) : null, control, cancel.Token);
        Task passed = Task.Run(() => pace.Pass(1_000_000), TestContext.Current.CancellationToken);

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => passed.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }
}
