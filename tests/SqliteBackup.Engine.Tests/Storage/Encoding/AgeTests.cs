using System.Security.Cryptography;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Engine.Tests.Storage.Encoding;

public sealed class AgeTests : IDisposable
{
    private const int CheapWorkFactor = 10;

    private static readonly AgeIdentity Identity = AgeIdentity.Create();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(20_000_000)]
    public void What_we_encrypt_age_opens(int length)
    {
        AgeTool.SkipWithout();
        byte[] content = AgeFile.Content(length);
        AgeKeyFiles.WriteNewIdentity(_folder["key.txt"], Identity);
        File.WriteAllBytes(_folder["file.age"], AgeFile.Encrypt(content, Identity.Recipient));
        AgeTool.Run("age", "--decrypt", "-i", _folder["key.txt"], "-o", _folder["file"], _folder["file.age"]);
        // age makes no file where there is nothing to write.
        Assert.Equal(content, File.Exists(_folder["file"]) ? File.ReadAllBytes(_folder["file"]) : []);
        Assert.Equal(content, AgeFile.Decrypt(File.ReadAllBytes(_folder["file.age"]), Identity));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    [InlineData(20_000_000)]
    public void What_age_encrypts_we_open(int length)
    {
        AgeTool.SkipWithout();
        byte[] content = AgeFile.Content(length);
        File.WriteAllBytes(_folder["file"], content);
        AgeTool.Run("age-keygen", "-o", _folder["key.txt"]);
        AgeIdentity theirs = AgeKeyFiles.ReadIdentities(_folder["key.txt"]).Single();
        Assert.Equal(AgeTool.Run("age-keygen", "-y", _folder["key.txt"]), theirs.Recipient.ToString());
        AgeTool.Run("age", "-r", Identity.Recipient.ToString()!, "-r", theirs.Recipient.ToString()!, "-o", _folder["file.age"], _folder["file"]);
        Assert.Equal(content, AgeFile.Decrypt(File.ReadAllBytes(_folder["file.age"]), theirs));
        Assert.Equal(content, AgeFile.Decrypt(File.ReadAllBytes(_folder["file.age"]), Identity));
    }

    [Fact]
    public void Each_of_several_recipients_opens_a_file()
    {
        AgeIdentity[] identities = [AgeIdentity.Create(), AgeIdentity.Create(), AgeIdentity.Create()];
        byte[] file = AgeFile.Encrypt([1, 2, 3], [.. identities.Select(identity => identity.Recipient)]);
        Assert.All(identities, identity => Assert.Equal([1, 2, 3], AgeFile.Decrypt(file, AgeIdentity.Create(), identity)));
    }

    [Fact]
    public void A_passphrase_opens_what_it_encrypted_and_another_does_not()
    {
        byte[] file = AgeFile.Encrypt([1, 2, 3], new AgeScryptRecipient("correct horse", CheapWorkFactor));
        Assert.Equal([1, 2, 3], AgeFile.Decrypt(file, AgeIdentity.FromPassphrase("correct horse")));
        Assert.Equal(BackupFailure.PasswordWrong, FailureOf(() => AgeFile.Decrypt(file, AgeIdentity.FromPassphrase("battery staple"))));
        Assert.Equal(BackupFailure.IdentityMissing, FailureOf(() => AgeFile.Decrypt(file, Identity)));
        Assert.Throws<ArgumentException>(
            () => AgeFile.Encrypt([1], Identity.Recipient, new AgeScryptRecipient("correct horse", CheapWorkFactor)));
    }

    [Fact]
    public void A_file_for_others_says_that_the_identity_is_missing()
    {
        byte[] file = AgeFile.Encrypt([1], AgeIdentity.Create().Recipient);
        Assert.Equal(BackupFailure.IdentityMissing, FailureOf(() => AgeFile.Decrypt(file, Identity)));
        Assert.Equal(BackupFailure.IdentityMissing, FailureOf(() => AgeFile.Decrypt(file)));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_an_error()
    {
        byte[] file = AgeFile.Encrypt([1, 2, 3, 4, 5], Identity.Recipient, AgeIdentity.Create().Recipient);
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] damaged = [.. file];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            ThrowsForDamage(() => AgeFile.Decrypt(damaged, Identity), $"bit {bit}");
        }
    }

    [Fact]
    public void A_file_cut_short_or_made_longer_is_an_error()
    {
        byte[] file = AgeFile.Encrypt(AgeFile.Content(200_000), Identity.Recipient);
        int header = file.Length - 16 - 200_000 - (4 * 16);
        const int Chunk = 65_536 + 16;
        foreach (int length in (int[])[0, 1, header - 1, header, header + 15, header + 16, header + 17, header + 16 + Chunk, header + 16 + Chunk + 16, file.Length - 1])
        {
            ThrowsForDamage(() => AgeFile.Decrypt(file[..length], Identity), $"{length} bytes");
        }

        ThrowsForDamage(() => AgeFile.Decrypt([.. file, 0], Identity), "one byte more");
        ThrowsForDamage(
            () => AgeFile.Decrypt([.. file[..(header + 16)], .. file[(header + 16 + Chunk)..(header + 16 + (2 * Chunk))], .. file[(header + 16)..(header + 16 + Chunk)], .. file[(header + 16 + (2 * Chunk))..]], Identity),
            "two chunks in each other's place");
    }

    [Fact]
    public void An_encryption_that_was_given_up_can_not_be_opened()
    {
        var target = new MemoryStream();
        using (var encryptor = new AgeEncryptor(target, [Identity.Recipient]))
        {
            encryptor.Write(AgeFile.Content(100_000));
        }

        Assert.Throws<InvalidDataException>(() => AgeFile.Decrypt(target.ToArray(), Identity));
    }

    [Fact]
    public void A_header_without_end_is_not_read_into_memory()
    {
        byte[] hostile = [.. "age-encryption.org/v1\n-> X25519 "u8, .. Enumerable.Repeat((byte)'a', 1_000_000)];
        Assert.Throws<InvalidDataException>(() => AgeFile.Decrypt(hostile, Identity));
        byte[] greedy = [.. "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAA\n"u8];
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => AgeFile.Decrypt(greedy, AgeIdentity.FromPassphrase("a")));
        Assert.Contains("work factor of 30", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_memory_taken_does_not_grow_with_the_file()
    {
        Assert.SkipUnless(ChaCha20Poly1305.IsSupported, "BouncyCastle's cipher, which stands in here, makes garbage with every chunk");
        byte[] piece = AgeFile.Content(1 << 20);
        using var encryptor = new AgeEncryptor(Stream.Null, [Identity.Recipient]);
        encryptor.Write(piece);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            encryptor.Write(piece);
        }

        encryptor.Complete();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_cipher_of_a_platform_without_one_writes_the_same()
    {
        Assert.SkipUnless(ChaCha20Poly1305.IsSupported, "this platform has no ChaCha20-Poly1305 of its own");
        byte[] key = RandomNumberGenerator.GetBytes(AgeCipher.KeyBytes);
        byte[] nonce = RandomNumberGenerator.GetBytes(AgeCipher.NonceBytes);
        byte[] plain = AgeFile.Content(70_001);
        using var ours = new AgeCipher(key, usePlatform: true);
        using var theirs = new AgeCipher(key, usePlatform: false);
        byte[] first = new byte[plain.Length + AgeCipher.TagBytes];
        byte[] second = new byte[plain.Length + AgeCipher.TagBytes];
        ours.Seal(nonce, plain, first);
        theirs.Seal(nonce, plain, second);
        Assert.Equal(first, second);
        byte[] opened = new byte[plain.Length];
        Assert.True(theirs.TryOpen(nonce, first, opened));
        Assert.Equal(plain, opened);
        first[0] ^= 1;
        Assert.False(theirs.TryOpen(nonce, first, opened));
        Assert.False(ours.TryOpen(nonce, first, opened));
    }

    private static BackupFailure FailureOf(Action action) => Assert.Throws<SqliteBackupException>(action).Failure;

    // A header that names nobody who is here any more is damage, too, that can't be told from a file for others.
    private static void ThrowsForDamage(Action action, string what)
    {
        Exception? exception = Record.Exception(action);
        Assert.True(
            exception is InvalidDataException or SqliteBackupException { Failure: BackupFailure.IdentityMissing },
            $"{what}: {exception?.ToString() ?? "opened"}");
    }
}
