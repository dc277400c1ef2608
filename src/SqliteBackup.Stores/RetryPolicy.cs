using Polly;
using Polly.Retry;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores;

/// <summary>Tries again what may pass, after waits that grow and differ. What a store refuses is never tried again.</summary>
internal sealed class RetryPolicy
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline _pipeline;

    /// <summary>Takes the settings' number of tries and first wait.</summary>
    public RetryPolicy(StoreSettings settings)
    {
        var builder = new ResiliencePipelineBuilder();
        if (settings.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = settings.MaxRetries,
                Delay = settings.RetryDelay,
                MaxDelay = MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder().Handle<SqliteBackupException>(MayPass),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>Whether trying again can help.</summary>
    public static bool MayPass(SqliteBackupException exception) => exception.Failure == BackupFailure.StoreUnavailable;

    /// <summary>Runs an operation until it succeeds, is refused, or was tried often enough.</summary>
    public T Run<T>(Func<T> operation, CancellationToken cancellationToken) =>
        _pipeline.Execute(_ => operation(), cancellationToken);
}
