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

/// <summary>What a run shows and leaves, looked through for its secret.</summary>
public sealed class SecretTests(ServerFixture<RadosStoreServer> fixture) : IDisposable
{
    private const string Answer = "ANSWER";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_stream_file_or_argument_has_it()
    {
        string database = new SampleDatabase { Megabytes = 0.1 }.Create(_folder["app.db"]);
        using IBackupStore store = fixture.Server.Open(Guid.NewGuid().ToString("N"));
        string secret = fixture.Server.SecretKey;
        using var run = new ModuleRun(
            $$"""
            $ErrorActionPreference = 'Continue'
            $to = @{ StoreOption = @{ EndpointUrl = '{{fixture.Server.Endpoint}}' }; StagingPath = '{{_folder["staging"]}}'; Verbose = $true; Debug = $true }
            $to.StoreCredential = [pscredential]::new('{{fixture.Server.AccessKey}}', (ConvertTo-SecureString $env:THE_SECRET -AsPlainText -Force))
            $all = & {
                Backup-SqliteDatabase '{{database}}' '{{store.Location}}app.db' @to
                Get-SqliteBackup '{{store.Location}}' @to
                Backup-SqliteDatabase '{{database}}' 's3://no-such-bucket/app.db' @to
                Backup-SqliteDatabase '{{database}}' '{{store.Location}}app.db' @to
                Get-SqliteBackupProgress -All
            } *>&1
            $all | ForEach-Object { Format-List -InputObject $_ -Property * -Force; if ($_.Exception) { "$($_.Exception)" } } | Out-String -Width 1000
            Get-ChildItem -Recurse -File $env:SQLITEBACKUP_STATE | ForEach-Object { "{{Answer}} $($_.FullName)"; [System.IO.File]::ReadAllText($_.FullName) }
            if ($IsLinux) { [System.IO.File]::ReadAllText("/proc/$PID/cmdline") }
            """,
            new Dictionary<string, string> { ["THE_SECRET"] = secret });

        (_, string output, string error) = run.Join();

        Assert.Contains("NoSuchBucket", output, StringComparison.Ordinal);
        Assert.Contains(Answer, output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, output + error, StringComparison.Ordinal);
        Assert.Equal(["app.db", "app.db.json"], StoreContents.Names(store));
        Assert.DoesNotContain(secret, System.Text.Encoding.UTF8.GetString(StoreContents.Read(store, "app.db.json")), StringComparison.Ordinal);
    }
}
