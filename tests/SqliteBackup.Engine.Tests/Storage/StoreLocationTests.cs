using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class StoreLocationTests
{
    [Theory]
    [InlineData("s3://bucket", StoreScheme.S3, "bucket", "", "", "s3://bucket/")]
    [InlineData("s3://bucket/", StoreScheme.S3, "bucket", "", "", "s3://bucket/")]
    [InlineData("S3://bucket/a/b/", StoreScheme.S3, "bucket", "a/b/", "", "s3://bucket/a/b/")]
    [InlineData("s3://bucket/a/app-*.db.zst", StoreScheme.S3, "bucket", "a/app-*.db.zst", "app-*.db.zst", null)]
    [InlineData("s3://bucket/100%25 & $x/Ünï code.db", StoreScheme.S3, "bucket", "100%25 & $x/Ünï code.db", "Ünï code.db", null)]
    [InlineData("azblob://account/box/app.db", StoreScheme.AzureBlob, "account/box", "app.db", "app.db", null)]
    [InlineData("azblob://account/box", StoreScheme.AzureBlob, "account/box", "", "", "azblob://account/box/")]
    [InlineData("sftp://host", StoreScheme.Sftp, "host", "/", "", "sftp://host/")]
    [InlineData("sftp://host/~/backups/app.db", StoreScheme.Sftp, "host", "/~/backups/app.db", "app.db", null)]
    [InlineData("rclone:drive:backups/app.db", StoreScheme.Rclone, "drive:", "backups/app.db", "app.db", null)]
    [InlineData("rclone:drive:app.db", StoreScheme.Rclone, "drive:", "app.db", "app.db", null)]
    [InlineData("rclone:drive:", StoreScheme.Rclone, "drive:", "", "", null)]
    [InlineData("rclone:nas:/srv/backups/", StoreScheme.Rclone, "nas:", "/srv/backups/", "", null)]
    [InlineData("rclone::local:/srv/", StoreScheme.Rclone, ":local:", "/srv/", "", null)]
    [InlineData("/srv/backups/app.db", StoreScheme.Local, "", "/srv/backups/app.db", "app.db", null)]
    [InlineData("app.db", StoreScheme.Local, "", "app.db", "app.db", null)]
    [InlineData("/srv/odd\nname.db", StoreScheme.Local, "", "/srv/odd\nname.db", "odd\nname.db", null)]
    public void A_location_is_taken_apart_and_put_together_again(
        string text, StoreScheme scheme, string root, string path, string name, string? written)
    {
        StoreLocation location = StoreLocation.Parse(text);
        Assert.Equal((scheme, false, root, path), (location.Scheme, location.IsRepository, location.Root, location.Path));
        Assert.Equal(name, location.Name);
        Assert.Equal(name.Length == 0, location.IsFolder);
        Assert.Equal(scheme != StoreScheme.Local, location.IsRemote);
        Assert.Equal(written ?? text, location.ToString());
        Assert.Equal(location, StoreLocation.Parse(location.ToString()));
        Assert.Equal(location, name.Length == 0 ? location : location.Folder.Combine(name));
    }

    [Theory]
    [InlineData("sftp://joe@host:2222/srv/", "host", "joe", 2222)]
    [InlineData("sftp://joe@corp.example@host/srv/", "host", "joe@corp.example", null)]
    [InlineData("sftp://[::1]:22/srv/", "[::1]", null, 22)]
    [InlineData("sftp://[fe80::1%eth0]/srv/", "[fe80::1%eth0]", null, null)]
    public void An_ssh_server_has_a_user_and_a_port(string text, string host, string? user, int? port)
    {
        StoreLocation location = StoreLocation.Parse(text);
        Assert.Equal((host, user, port, "/srv/"), (location.Root, location.UserName, location.Port, location.Path));
        Assert.Equal(text, location.ToString());
    }

    [Theory]
    [InlineData("restic:/srv/repo", StoreScheme.Local, "/srv/repo/")]
    [InlineData("restic:repo", StoreScheme.Local, "repo/")]
    [InlineData("restic:s3://bucket/repo/", StoreScheme.S3, "repo/")]
    [InlineData("restic:s3://bucket", StoreScheme.S3, "")]
    [InlineData("Restic:rclone:drive:repo", StoreScheme.Rclone, "repo/")]
    [InlineData("restic:/srv/repo/#1a2b3c4d", StoreScheme.Local, "/srv/repo/#1a2b3c4d")]
    [InlineData("restic:/srv/repo#1a2B3c4d", StoreScheme.Local, "/srv/repo/#1a2B3c4d")]
    [InlineData("restic:/srv/repo/#1a2b*", StoreScheme.Local, "/srv/repo/#1a2b*")]
    [InlineData("restic:/srv/repo/*", StoreScheme.Local, "/srv/repo/*")]
    [InlineData("restic:/srv/c#", StoreScheme.Local, "/srv/c#/")]
    [InlineData("restic:/srv/x#1a2b3c4d/", StoreScheme.Local, "/srv/x#1a2b3c4d/")]
    [InlineData("restic:s3://bucket/#1a2b3c4d", StoreScheme.S3, "#1a2b3c4d")]
    public void Restic_before_a_location_names_a_repository(string text, StoreScheme scheme, string path)
    {
        StoreLocation location = StoreLocation.Parse(text);
        Assert.Equal((true, scheme, path), (location.IsRepository, location.Scheme, location.Path));
        Assert.Equal(location, StoreLocation.Parse(location.ToString()));
    }

    [Theory]
    [InlineData("/srv/backups", false)]
    [InlineData(@"C:\backups", false)]
    [InlineData("C://backups", false)]
    [InlineData("./s3:/bucket", false)]
    [InlineData("app:2.db", false)]
    [InlineData("FileSystem::/srv", false)]
    [InlineData("s3://bucket", true)]
    [InlineData("rclone:remote:", true)]
    [InlineData("restic:/srv/repo", true)]
    [InlineData("gopher://hole", true)]
    public void Paths_are_told_from_locations_with_a_scheme(string text, bool expected) => Assert.Equal(expected, StoreLocation.NamesScheme(text));

    [Theory]
    [InlineData("s4://bucket/", "s3://bucket/prefix/")]
    [InlineData("s3:///prefix", "Name the bucket")]
    [InlineData("s3://bucket/a//b", "no empty part")]
    [InlineData("s3://bucket/../b", "no '..'")]
    [InlineData("s3://bucket/a\nb", "control characters")]
    [InlineData("azblob://account", "Name account and container")]
    [InlineData("sftp://joe@", "Name the server")]
    [InlineData("sftp://@host/", "Name the server")]
    [InlineData("sftp://host:0/", "A port is a number")]
    [InlineData("sftp://host:65536/", "A port is a number")]
    [InlineData("rclone:nothing", "rclone listremotes")]
    [InlineData("rclone:--config:x", "can't begin with '-'")]
    [InlineData("rclone:drive:a/../../b", "no '..'")]
    [InlineData("restic:", "after 'restic:'")]
    [InlineData("restic:restic:/srv", "after 'restic:'")]
    [InlineData("restic:#1a2b3c4d", "after 'restic:'")]
    public void What_is_no_location_is_refused_with_what_to_write(string text, string advice)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => StoreLocation.Parse(text));
        Assert.Equal(BackupFailure.InvalidOption, exception.Failure);
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://KEY:hunter2@bucket/", "AWS_ACCESS_KEY_ID")]
    [InlineData("s3://hunter2@bucket/", "AWS_ACCESS_KEY_ID")]
    [InlineData("sftp://joe:hunter2@host/", "-StoreCredential")]
    [InlineData("azblob://account/box/?sv=1&sig=hunter2", "AZURE_STORAGE_SAS_TOKEN")]
    [InlineData("azblob://account:hunter2@host/box/", "AZURE_STORAGE_CONNECTION_STRING")]
    [InlineData("rclone::sftp,host=x,pass=hunter2:path", "rclone config")]
    [InlineData("rclone:drive,token=hunter2:path", "rclone config")]
    public void A_secret_in_a_location_is_refused_and_not_shown(string text, string advice)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => StoreLocation.Parse(text));
        Assert.Equal(BackupFailure.InvalidOption, exception.Failure);
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message + exception.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_opens_a_folder_and_a_missing_assembly_is_said()
    {
        using var folder = new TempFolder();
        using IBackupStore local = BackupStores.Open(StoreLocation.Parse(folder.Path), new StoreSettings());
        Assert.Equal(folder.Path + Path.DirectorySeparatorChar, local.Location);
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => BackupStores.Open(StoreLocation.Parse("s3://bucket/"), new StoreSettings()));
        Assert.Equal(BackupFailure.StoreUnavailable, exception.Failure);
        Assert.Contains("SqliteBackup.Stores.dll", exception.Message, StringComparison.Ordinal);
    }
}
