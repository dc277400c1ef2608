using SqliteBackup.Storage.Encoding;


namespace SqliteBackup.Engine.Tests.Storage.Encoding;

public sealed class AgeKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_file_is_its_owners_alone_read_by_age_and_never_overwritten()
    {
        AgeIdentity identity = AgeIdentity.Create();
        AgeKeyFiles.WriteNewIdentity(_folder["key.txt"], identity);
        Assert.Equal(identity.Recipient.ToString(), AgeKeyFiles.ReadIdentities(_folder["key.txt"]).Single().Recipient.ToString());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["key.txt"]));
        }

        Assert.Equal(
            BackupFailure.DestinationExists,
            Assert.Throws<SqliteBackupException>(() => AgeKeyFiles.WriteNewIdentity(_folder["key.txt"], AgeIdentity.Create())).Failure);
        Assert.Equal(identity.Recipient.ToString(), AgeKeyFiles.ReadIdentities(_folder["key.txt"]).Single().Recipient.ToString());
        AgeTool.SkipWithout();
        Assert.Equal(identity.Recipient.ToString(), AgeTool.Run("age-keygen", "-y", _folder["key.txt"]));
    }

    [Theory]
    [InlineData("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", true)]
    [InlineData("AGE1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9AQMCAC8P", true)]
    [InlineData(" age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p ", true)]
    [InlineData("Age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", false)]
    [InlineData("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q", false)]
    [InlineData("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8", false)]
    [InlineData("age1", false)]
    [InlineData("", false)]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN", false)]
    public void A_recipient_is_read_or_refused(string text, bool sound)
    {
        if (sound)
        {
            Assert.Equal(text.Trim().ToLowerInvariant(), AgeRecipient.Parse(text).ToString());
        }
        else
        {
            Assert.Equal(BackupFailure.InvalidOption, Assert.Throws<SqliteBackupException>(() => AgeRecipient.Parse(text)).Failure);
        }
    }

    [Fact]
    public void A_recipient_with_any_letter_mistyped_is_refused()
    {
        string text = AgeIdentity.Create().Recipient.ToString()!;
        for (int i = 4; i < text.Length; i++)
        {
            foreach (char letter in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".Where(letter => letter != text[i]))
            {
                Assert.Throws<SqliteBackupException>(() => AgeRecipient.Parse(text[..i] + letter + text[(i + 1)..]));
            }
        }
    }

    [Fact]
    public void A_secret_key_never_shows_in_a_message()
    {
        AgeKeyFiles.WriteNewIdentity(_folder["key.txt"], AgeIdentity.Create());
        string secret = File.ReadAllLines(_folder["key.txt"]).Last();
        File.WriteAllText(_folder["cut.txt"], "# mine\n\n" + secret[..^1]);
        SqliteBackupException[] exceptions =
        [
            Assert.Throws<SqliteBackupException>(() => AgeRecipient.Parse(secret)),
            Assert.Throws<SqliteBackupException>(() => AgeKeyFiles.ReadRecipients(_folder["key.txt"])),
            Assert.Throws<SqliteBackupException>(() => AgeKeyFiles.ReadIdentities(_folder["cut.txt"])),
        ];
        Assert.All(exceptions, exception => Assert.DoesNotContain(secret[15..30], exception.ToString() + exception.Path, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("cut.txt:3", exceptions[2].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[15..30], AgeKeyFiles.ReadIdentities(_folder["key.txt"]).Single().ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_file_of_recipients_has_comments_and_no_holes()
    {
        AgeRecipient[] recipients = [AgeIdentity.Create().Recipient, AgeIdentity.Create().Recipient];
        File.WriteAllText(_folder["recipients.txt"], $"# the office\r\n{recipients[0]}\r\n\r\n# the safe\r\n{recipients[1]}");
        Assert.Equal(recipients.Select(recipient => recipient.ToString()), AgeKeyFiles.ReadRecipients(_folder["recipients.txt"]).Select(recipient => recipient.ToString()));
        File.WriteAllText(_folder["empty.txt"], "# nobody\n");
        Assert.Throws<SqliteBackupException>(() => AgeKeyFiles.ReadRecipients(_folder["empty.txt"]));
        Assert.Equal(BackupFailure.FileNotFound, Assert.Throws<SqliteBackupException>(() => AgeKeyFiles.ReadIdentities(_folder["none.txt"])).Failure);
    }
}
