using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Azure;

/// <summary>
/// Makes a client for a container: with -StoreCredential, the environment's connection string, signature or key, or the chain of
/// credentials that Azure's own tools use.
/// </summary>
internal static class AzureClientFactory
{
    private const int RequestRetries = 3;

    /// <summary>Makes the client. Nothing is asked of the server.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: an option or a credential is wrong.</exception>
    public static BlobContainerClient Create(StoreLocation root, StoreSettings settings)
    {
        string[] parts = root.Root.Split('/');
        (string account, string container) = (parts[0], parts[1]);
        BlobClientOptions options = OptionsOf(settings);
        string? endpoint = settings.Options.Get(StoreOptions.EndpointUrl);
        Uri address = AddressOf(root, endpoint?.TrimEnd('/') ?? $"https://{account}.blob.core.windows.net", container);
        if (settings.Credential is StoreCredential credential)
        {
            return WithSecret(root, address, account, credential.Secret, options);
        }

        if (Variable("AZURE_STORAGE_CONNECTION_STRING") is string connection)
        {
            var client = new BlobContainerClient(connection, container, options);
            return client.AccountName == account || endpoint is not null
                ? client
                : throw Invalid(root, $"AZURE_STORAGE_CONNECTION_STRING is for the account '{client.AccountName}', and the location names '{account}'.");
        }

        string? secret = Variable("AZURE_STORAGE_SAS_TOKEN") ?? Variable("AZURE_STORAGE_KEY");
        return secret is not null
            ? WithSecret(root, address, account, secret, options)
            : new BlobContainerClient(address, (TokenCredential)new DefaultAzureCredential(), options);
    }

    private static Uri AddressOf(StoreLocation root, string endpoint, string container) =>
        Uri.TryCreate($"{endpoint}/{container}", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : throw Invalid(root, "-StoreOption 'EndpointUrl' must be an address such as 'https://account.blob.core.windows.net', without a secret in it.");

    private static BlobContainerClient WithSecret(StoreLocation root, Uri address, string account, string secret, BlobClientOptions options)
    {
        if (secret.Contains("sig=", StringComparison.Ordinal))
        {
            return new BlobContainerClient(address, new AzureSasCredential(secret.TrimStart('?')), options);
        }

        try
        {
            return new BlobContainerClient(address, new StorageSharedKeyCredential(account, secret), options);
        }
        catch (FormatException)
        {
            throw Invalid(root, "The secret is neither an account's key (base64) nor a shared access signature ('sv=...&sig=...').");
        }
    }

    private static BlobClientOptions OptionsOf(StoreSettings settings)
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = RequestRetries;
        options.Retry.Delay = TimeSpan.FromMilliseconds(Math.Min(800, settings.RetryDelay.TotalMilliseconds));
        options.Retry.NetworkTimeout = settings.Timeout;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static SqliteBackupException Invalid(StoreLocation root, string message) => new(BackupFailure.InvalidOption, root.ToString(), message);
}
