using System.Collections;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class StoreOptionsTests
{
    [Fact]
    public void Options_are_read_without_regard_to_case()
    {
        StoreOptions options = StoreOptions.Parse(
            StoreScheme.S3, new Hashtable { ["endpointurl"] = "http://127.0.0.1", ["PathStyle"] = true, ["Region"] = "eu-1" });
        Assert.Equal("http://127.0.0.1", options.Get(StoreOptions.EndpointUrl));
        Assert.True(options.GetSwitch(StoreOptions.PathStyle));
        Assert.Null(options.Get(StoreOptions.Profile));
        Assert.Null(StoreOptions.Parse(StoreScheme.Local, null).Get(StoreOptions.Region));
    }

    [Theory]
    [InlineData(StoreScheme.S3, "Endpoint", "x", "Did you mean 'EndpointUrl'? Known for S3: EndpointUrl, Region")]
    [InlineData(StoreScheme.Sftp, "EndpointUrl", "x", "Known for Sftp: KeyFile, KnownHostsFile.")]
    [InlineData(StoreScheme.Local, "Region", "x", "Folders have no options.")]
    [InlineData(StoreScheme.S3, "Region", "", "'Region' has no value")]
    [InlineData(StoreScheme.S3, "Region", null, "'Region' has no value")]
    public void A_wrong_option_is_refused_with_the_right_ones(StoreScheme scheme, string name, string? value, string advice)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => StoreOptions.Parse(scheme, new Hashtable { [name] = value }));
        Assert.Equal(BackupFailure.InvalidOption, exception.Failure);
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SecretKey")]
    [InlineData("Password")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("sas-token")]
    public void A_secret_among_the_options_is_refused_and_not_shown(string name)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => StoreOptions.Parse(StoreScheme.S3, new Hashtable { [name] = "hunter2" }));
        Assert.Contains("-StoreCredential", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_is_true_or_false()
    {
        StoreOptions options = StoreOptions.Parse(StoreScheme.S3, new Hashtable { ["PathStyle"] = "perhaps" });
        Assert.Equal(BackupFailure.InvalidOption, Assert.Throws<SqliteBackupException>(() => options.GetSwitch(StoreOptions.PathStyle)).Failure);
    }

    [Fact]
    public void A_credential_shows_its_name_alone() => Assert.Equal("joe", new StoreCredential("joe", "hunter2").ToString());
}
