using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>What is wrong with a location or an option is said before anything is sent.</summary>
public sealed class OpeningTests
{
    [Theory]
    [InlineData("s3://bucket/", "EndpointUrl", "example.com", "must be an address")]
    [InlineData("s3://bucket/", "EndpointUrl", "https://key:hunter2@example.com", "without user and password")]
    [InlineData("s3://bucket/", "PathStyle", "perhaps", "must be $true or $false")]
    [InlineData("s3://bucket/", "Profile", "no-such-profile", "no AWS profile")]
    [InlineData("azblob://account/box/", "EndpointUrl", "not an address", "must be an address")]
    public void A_wrong_option_is_said_and_no_secret_shown(string location, string option, string value, string message)
    {
        StoreLocation root = StoreLocation.Parse(location);
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => BackupStores.Open(root, QuickSettings.With(root.Scheme, null, (option, value))));
        Assert.Equal(BackupFailure.InvalidOption, exception.Failure);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_neither_key_nor_signature_is_said_and_not_shown()
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => BackupStores.Open(
            StoreLocation.Parse("azblob://account/box/"), QuickSettings.Value with { Credential = new StoreCredential("account", "hunter2") }));
        Assert.Contains("neither an account's key", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_rclone_that_is_not_installed_is_said()
    {
        using IBackupStore store = BackupStores.Open(
            StoreLocation.Parse("rclone:remote:"), QuickSettings.With(StoreScheme.Rclone, null, (StoreOptions.Program, "no-such-rclone")));
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => store.Stat("file", CancellationToken.None));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.Contains("Install rclone", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket/prefix", "s3://bucket/prefix/")]
    [InlineData("azblob://account/box/prefix", "azblob://account/box/prefix/")]
    [InlineData("rclone:remote:prefix", "rclone:remote:prefix/")]
    [InlineData("restic:rclone:remote:prefix", "rclone:remote:prefix/")]
    [InlineData("rclone:remote:", "rclone:remote:")]
    public void A_root_is_a_folder_with_and_without_a_separator_at_its_end(string location, string expected)
    {
        StoreLocation root = StoreLocation.Parse(location);
        StoreSettings settings = root.Scheme == StoreScheme.S3 ? QuickSettings.With(root.Scheme, null, (StoreOptions.Region, "eu-central-1")) : QuickSettings.Value;
        using IBackupStore store = BackupStores.Open(
            root, settings with { Credential = root.Scheme == StoreScheme.Rclone ? null : new StoreCredential("account", "aHVudGVyMg==") });
        Assert.Equal(expected, store.Location);
    }

    // A server that takes connections and says nothing.
    [Theory]
    [InlineData("s3://bucket/")]
    [InlineData("sftp://user@127.0.0.1:{0}/place/")]
    [InlineData("azblob://account/container/")]
    public void A_server_that_does_not_answer_is_given_up_in_time(string location)
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        int port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        StoreLocation root = StoreLocation.Parse(location.Replace("{0}", $"{port}", StringComparison.Ordinal));
        var settings = new StoreSettings
        {
            Timeout = TimeSpan.FromSeconds(1),
            MaxRetries = 0,
            Options = StoreOptions.Parse(
                root.Scheme, root.Scheme == StoreScheme.Sftp ? null : new System.Collections.Hashtable { [StoreOptions.EndpointUrl] = $"http://127.0.0.1:{port}" }),
            Credential = new StoreCredential("user", "c2VjcmV0"),
        };

        var clock = System.Diagnostics.Stopwatch.StartNew();
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() =>
        {
            using IBackupStore store = BackupStores.Open(root, settings);
            store.Stat("file", TestContext.Current.CancellationToken);
        });

        Assert.Equal(BackupFailure.StoreUnavailable, exception.Failure);

        // The libraries try again by themselves.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"It took {clock.Elapsed}.");
    }
}
