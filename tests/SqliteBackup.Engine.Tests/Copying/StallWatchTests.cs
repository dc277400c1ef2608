using SqliteBackup.Copying;

namespace SqliteBackup.Engine.Tests.Copying;

/// <summary>A copy that will not end is told from one that will.</summary>
public sealed class StallWatchTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    [Theory]
    [InlineData(7, 200, false)]
    [InlineData(8, 200, true)]
    [InlineData(8, 201, false)]
    [InlineData(40, 200, true)]
    public void Many_restarts_in_the_copys_own_time_outpace_it(int restarts, int copyMilliseconds, bool expected)
    {
        var watch = new StallWatch(TimeSpan.FromSeconds(1));
        watch.Look(1000, 100, 0, TimeSpan.Zero);

        // Each commit lets the copy begin again.
        for (int restart = 1; restart <= restarts; restart++)
        {
            Assert.Equal(0, watch.Look(1000, 100, restart, restart * Step * 8 / restarts));
        }

        Assert.Equal(expected, watch.IsOutpaced(restarts, 8 * Step, TimeSpan.FromMilliseconds(copyMilliseconds)));
        Assert.Equal(8 * Step / restarts, watch.BetweenRestarts(restarts, 8 * Step));
    }

    [Fact]
    public void A_new_low_water_mark_ends_what_was_counted()
    {
        var watch = new StallWatch(TimeSpan.FromSeconds(1));
        watch.Look(1000, 100, 0, TimeSpan.Zero);
        watch.Look(500, 100, 20, 20 * Step);

        Assert.False(watch.IsOutpaced(20, 20 * Step, Step));
        Assert.True(watch.IsOutpaced(28, 28 * Step, Step));
    }
}
