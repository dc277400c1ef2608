using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Whom a backup is encrypted to, with age (https://age-encryption.org/v1): a public key, or a passphrase. A public key can lie on the
/// server: with it nobody reads anything.
/// </summary>
public abstract class AgeRecipient
{
    /// <summary>How an age public key begins.</summary>
    internal const string Prefix = "age";

    /// <summary>Whether it must be a file's only recipient, as age says of passphrases.</summary>
    internal virtual bool MustBeAlone => false;

    /// <summary>Reads an age public key.</summary>
    /// <param name="text">The key: <c>age1...</c>, 62 characters.</param>
    /// <returns>The recipient.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: it is none, or of a kind that is not known here.</exception>
    public static AgeRecipient Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string key = text.Trim();
        return Bech32.TryDecode(key, out string? prefix, out byte[]? bytes) && prefix == Prefix && bytes.Length == X25519.PointSize
            ? new AgeX25519Recipient(bytes)
            : throw new SqliteBackupException(BackupFailure.InvalidOption, Shown(key), Complaint(key));
    }

    /// <summary>A passphrase as recipient. Whoever has it can write and read: for a server, public keys are better.</summary>
    /// <param name="passphrase">The passphrase, not empty. Deriving a key from it takes about a second and 256 MB.</param>
    /// <returns>The recipient.</returns>
    public static AgeRecipient FromPassphrase(string passphrase) => new AgeScryptRecipient(passphrase, AgeScrypt.DefaultWorkFactor);

    /// <summary>Wraps a file's key.</summary>
    internal abstract AgeStanza Wrap(ReadOnlySpan<byte> fileKey);

    // Somebody who mixes up the two files must not find the secret one in a log.
    private static string Shown(string key) =>
        key.StartsWith("AGE-SECRET-KEY-", StringComparison.OrdinalIgnoreCase) ? "AGE-SECRET-KEY-..." : key;

    private static string Complaint(string key)
    {
        if (key.StartsWith("AGE-SECRET-KEY-", StringComparison.OrdinalIgnoreCase))
        {
            return "This is an age secret key, not a recipient. Backups are encrypted to the public key: 'age1...', which the comment in its file names. Treat the secret key as seen by others if it stands in a script.";
        }

        if (key.StartsWith("ssh-", StringComparison.Ordinal))
        {
            return $"'{key}' is an SSH key. Backups are encrypted to age keys: make one with New-SqliteBackupIdentity.";
        }

        return key.StartsWith("age1", StringComparison.OrdinalIgnoreCase)
            ? $"'{key}' is not a recipient: it is mistyped or cut short, or of a kind other than X25519 (62 characters, 'age1...')."
            : $"'{key}' is not a recipient. One looks like 'age1...' and has 62 characters; make one with New-SqliteBackupIdentity.";
    }
}

/// <summary>A public key of age's X25519 kind.</summary>
internal sealed class AgeX25519Recipient(byte[] publicKey) : AgeRecipient
{
    public override string ToString() => Bech32.Encode(Prefix, publicKey);

    internal override AgeStanza Wrap(ReadOnlySpan<byte> fileKey)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(X25519.ScalarSize);
        try
        {
            return AgeX25519.Wrap(fileKey, secret, publicKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

/// <summary>A passphrase.</summary>
internal sealed class AgeScryptRecipient : AgeRecipient
{
    private readonly string _passphrase;
    private readonly int _workFactor;

    public AgeScryptRecipient(string passphrase, int workFactor)
    {
        ArgumentException.ThrowIfNullOrEmpty(passphrase);
        _passphrase = passphrase;
        _workFactor = workFactor;
    }

    internal override bool MustBeAlone => true;

    public override string ToString() => "a passphrase";

    internal override AgeStanza Wrap(ReadOnlySpan<byte> fileKey) => AgeScrypt.Wrap(fileKey, _passphrase, _workFactor);
}
