using System.Runtime.ExceptionServices;

namespace SqliteBackup.Repository;

/// <summary>Work on several threads that ends with the first error as it was thrown.</summary>
internal static class Parallelism
{
    public static void ForEach<T>(IEnumerable<T> items, int degree, Action<T> body, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, degree), CancellationToken = cancellationToken };
        Unwrap(() => Parallel.ForEach(items, options, body));
    }

    /// <summary>Runs the same work on so many threads at once.</summary>
    public static void Run(int degree, Action work, CancellationToken cancellationToken)
    {
        if (degree <= 1)
        {
            work();
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = cancellationToken };
        Unwrap(() => Parallel.For(0, degree, options, _ => work()));
    }

    private static void Unwrap(Action work)
    {
        try
        {
            work();
        }
        catch (AggregateException exception)
        {
            // Others end with the first one's cancellation; what is wrong is what is no cancellation.
            Exception first = exception.Flatten().InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException)
                ?? exception.Flatten().InnerExceptions[0];
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
