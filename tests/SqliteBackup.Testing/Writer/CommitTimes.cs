namespace SqliteBackup.Testing.Writer;

/// <summary>
/// The distribution of how long commits took, in bounded memory: a histogram whose bins grow by 2 %, so that a percentile is right to
/// about 2 %, and the longest exactly.
/// </summary>
internal sealed class CommitTimes
{
    private const double Growth = 1.02;
    private const double SmallestMilliseconds = 0.001;

    private readonly long[] _bins = new long[1200];

    public long Count { get; private set; }

    public double MaxMilliseconds { get; private set; }

    public double MedianMilliseconds => Percentile(0.5);

    public double P99Milliseconds => Percentile(0.99);

    public void Add(TimeSpan duration)
    {
        double milliseconds = duration.TotalMilliseconds;
        int bin = (int)Math.Ceiling(Math.Log(Math.Max(milliseconds, SmallestMilliseconds) / SmallestMilliseconds, Growth));
        _bins[Math.Min(bin, _bins.Length - 1)]++;
        Count++;
        MaxMilliseconds = Math.Max(MaxMilliseconds, milliseconds);
    }

    private double Percentile(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (int bin = 0; bin < _bins.Length; bin++)
        {
            seen += _bins[bin];
            if (seen >= wanted && seen > 0)
            {
                return Math.Min(SmallestMilliseconds * Math.Pow(Growth, bin), MaxMilliseconds);
            }
        }

        return 0;
    }
}
