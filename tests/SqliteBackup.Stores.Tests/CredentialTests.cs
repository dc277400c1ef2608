using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>Who may not get in is told so once, and the secret is not shown.</summary>
public abstract class CredentialTests<TServer>(ServerFixture<TServer> fixture)
    where TServer : LoopbackServer, IStoreServer, new()
{
    /// <summary>A credential that is wrong.</summary>
    private protected abstract StoreCredential Wrong { get; }

    [Fact]
    public void A_wrong_secret_is_refused_and_not_shown()
    {
        using IBackupStore store = fixture.Server.Open("place", QuickSettings.Value with { Credential = Wrong });
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("file", StoreContents.Of("text"), PutMode.CreateNew, CancellationToken.None));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.DoesNotContain(Wrong.Secret, exception.ToString(), StringComparison.Ordinal);
    }
}

public sealed class RadosCredentialTests(ServerFixture<RadosStoreServer> fixture) : CredentialTests<RadosStoreServer>(fixture)
{
    private protected override StoreCredential Wrong => new("TEST", "hunter2");
}

public sealed class AzureCredentialTests(ServerFixture<AzuriteServer> fixture) : CredentialTests<AzuriteServer>(fixture)
{
    private protected override StoreCredential Wrong => new("devstoreaccount1", "aHVudGVyMg==");
}
