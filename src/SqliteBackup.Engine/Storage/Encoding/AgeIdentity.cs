using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace SqliteBackup.Storage.Encoding;

/// <summary>Who can read a backup that is encrypted with age: a secret key, or a passphrase. Its text form never shows the secret.</summary>
public abstract class AgeIdentity
{
    private const string Prefix = "age-secret-key-";

    /// <summary>The recipient whose files this identity opens.</summary>
    public abstract AgeRecipient Recipient { get; }

    /// <summary>The type of stanza that it can unwrap.</summary>
    internal abstract string StanzaType { get; }

    /// <summary>Makes a new key pair from the system's random numbers.</summary>
    public static AgeIdentity Create() => new AgeX25519Identity(RandomNumberGenerator.GetBytes(X25519.ScalarSize));

    /// <summary>Reads an age secret key.</summary>
    /// <param name="text">The key: <c>AGE-SECRET-KEY-1...</c>.</param>
    /// <param name="path">Where it stands, for messages, which never show the key.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: it is none, or of a kind that is not known here.</exception>
    public static AgeIdentity Parse(string text, string path)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Bech32.TryDecode(text.Trim(), out string? prefix, out byte[]? bytes) && prefix == Prefix && bytes.Length == X25519.ScalarSize
            ? new AgeX25519Identity(bytes)
            : throw new SqliteBackupException(
                BackupFailure.InvalidOption, path, $"'{path}' has no whole age secret key. One looks like 'AGE-SECRET-KEY-1...' and has 74 characters.");
    }

    /// <summary>A passphrase as identity.</summary>
    /// <param name="passphrase">The passphrase, not empty.</param>
    public static AgeIdentity FromPassphrase(string passphrase) => new AgeScryptIdentity(passphrase);

    /// <summary>The secret key as text, for the file that keeps it.</summary>
    internal abstract string ToSecretText();

    /// <summary>The file's key, or null where the stanza was made for somebody else.</summary>
    internal abstract byte[]? Unwrap(AgeStanza stanza);

    private sealed class AgeX25519Identity(byte[] secretKey) : AgeIdentity
    {
        private readonly byte[] _publicKey = AgeX25519.PublicKeyOf(secretKey);

        public override AgeRecipient Recipient => new AgeX25519Recipient(_publicKey);

        internal override string StanzaType => AgeX25519.StanzaType;

        public override string ToString() => $"the secret key of {Recipient}";

        internal override string ToSecretText() => Bech32.Encode(Prefix, secretKey).ToUpperInvariant();

        internal override byte[]? Unwrap(AgeStanza stanza) => AgeX25519.Unwrap(stanza, secretKey, _publicKey);
    }

    private sealed class AgeScryptIdentity : AgeIdentity
    {
        private readonly string _passphrase;

        public AgeScryptIdentity(string passphrase)
        {
            ArgumentException.ThrowIfNullOrEmpty(passphrase);
            _passphrase = passphrase;
        }

        public override AgeRecipient Recipient => AgeRecipient.FromPassphrase(_passphrase);

        internal override string StanzaType => AgeScrypt.StanzaType;

        public override string ToString() => "a passphrase";

        internal override string ToSecretText() => throw new NotSupportedException("A passphrase is kept by whoever knows it.");

        internal override byte[]? Unwrap(AgeStanza stanza) => AgeScrypt.Unwrap(stanza, _passphrase);
    }
}
