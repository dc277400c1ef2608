using System.Diagnostics;

namespace SqliteBackup.Platform;

/// <summary>
/// Does again what was refused for a moment: Windows renames and replaces no file that a reader, a virus scanner or an indexer has open, and
/// these are done with it at once. A file that stays open is an error in the end.
/// </summary>
/// <param name="patience">How long something may hold a file. It is tried twice at least.</param>
/// <param name="wait">Waits between two tries.</param>
internal sealed class BriefRetry(TimeSpan patience, Action wait)
{
    /// <summary>Far longer than a reader of ours takes.</summary>
    public static readonly BriefRetry Default = new(TimeSpan.FromSeconds(2), () => Thread.Sleep(20));

    /// <summary>Runs an action until it succeeds, fails for good, or the time is over.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="isMomentary">Whether what it threw may pass.</param>
    public void Run(Action action, Func<Exception, bool> isMomentary)
    {
        long start = Stopwatch.GetTimestamp();
        for (bool isLast = false; ;)
        {
            try
            {
                action();
                return;
            }
            catch (Exception exception) when (!isLast && isMomentary(exception))
            {
                wait();
                isLast = Stopwatch.GetElapsedTime(start) >= patience;
            }
        }
    }
}
