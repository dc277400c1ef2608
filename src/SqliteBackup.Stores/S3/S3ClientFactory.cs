using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.S3;

/// <summary>Makes a client for Amazon S3 or for another server that speaks its protocol.</summary>
internal static class S3ClientFactory
{
    private const int RequestRetries = 3;

    /// <summary>The address of a server other than Amazon's, or null.</summary>
    public static string? EndpointOf(StoreSettings settings) =>
        settings.Options.Get(StoreOptions.EndpointUrl)
        ?? Variable("AWS_ENDPOINT_URL_S3")
        ?? Variable("AWS_ENDPOINT_URL");

    /// <summary>Makes the client. Nothing is asked of the server.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: an option is wrong.</exception>
    public static AmazonS3Client Create(StoreLocation root, StoreSettings settings)
    {
        var config = new AmazonS3Config
        {
            Timeout = settings.Timeout,
            MaxErrorRetry = RequestRetries,
            RetryMode = RequestRetryMode.Standard,

            // The default of 8 KiB costs a twentieth of the processor time. A larger one gains nothing more.
            BufferSize = 1 << 16,
        };
        CredentialProfile? profile = ProfileOf(root, settings);
        string? region = settings.Options.Get(StoreOptions.Region);
        if (EndpointOf(settings) is string endpoint)
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            {
                throw new SqliteBackupException(
                    BackupFailure.InvalidOption, root.ToString(), "-StoreOption 'EndpointUrl' must be an address such as 'https://s3.example.com', without user and password.");
            }

            config.ServiceURL = endpoint;
            config.ForcePathStyle = settings.Options.GetSwitch(StoreOptions.PathStyle) ?? true;
            config.AuthenticationRegion = region ?? Variable("AWS_REGION") ?? "us-east-1";

            // Servers other than Amazon's fail with the checksums that it added, or worse: some keep them as part of the file
            // (https://github.com/aws/aws-sdk-net/issues/3615).
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }
        else
        {
            config.ForcePathStyle = settings.Options.GetSwitch(StoreOptions.PathStyle) ?? false;
            if ((region is null ? profile?.Region : RegionEndpoint.GetBySystemName(region)) is RegionEndpoint known)
            {
                config.RegionEndpoint = known;
            }
        }

        return CredentialsOf(settings, profile) is AWSCredentials credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    private static AWSCredentials? CredentialsOf(StoreSettings settings, CredentialProfile? profile) =>
        settings.Credential is StoreCredential credential ? new BasicAWSCredentials(credential.UserName, credential.Secret)
        : profile?.GetAWSCredentials(new CredentialProfileStoreChain());

    private static CredentialProfile? ProfileOf(StoreLocation root, StoreSettings settings)
    {
        if (settings.Options.Get(StoreOptions.Profile) is not string name)
        {
            return null;
        }

        return new CredentialProfileStoreChain().TryGetProfile(name, out CredentialProfile profile)
            ? profile
            : throw new SqliteBackupException(BackupFailure.InvalidOption, root.ToString(), $"There is no AWS profile '{name}'. Check ~/.aws/config and ~/.aws/credentials.");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
