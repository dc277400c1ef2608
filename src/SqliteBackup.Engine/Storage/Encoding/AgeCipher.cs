using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;

namespace SqliteBackup.Storage.Encoding;

/// <summary>ChaCha20-Poly1305 with one key: .NET's, or BouncyCastle's where the platform has none.</summary>
internal sealed class AgeCipher : IDisposable
{
    /// <summary>Bytes by which sealed data is longer.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    private readonly ChaCha20Poly1305? _platform;
    private readonly byte[] _key;

    /// <summary>Takes a key and keeps a copy of it until it is disposed of.</summary>
    public AgeCipher(ReadOnlySpan<byte> key)
        : this(key, ChaCha20Poly1305.IsSupported)
    {
    }

    internal AgeCipher(ReadOnlySpan<byte> key, bool usePlatform)
    {
        _key = key.ToArray();
        _platform = usePlatform ? new ChaCha20Poly1305(key) : null;
    }

    /// <summary>Encrypts and appends the tag.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> sealedData)
    {
        if (_platform is not null)
        {
            _platform.Encrypt(nonce, plain, sealedData[..plain.Length], sealedData.Slice(plain.Length, TagBytes));
            return;
        }

        Process(forEncryption: true, nonce, plain, sealedData);
    }

    /// <summary>Decrypts what is authentic.</summary>
    /// <returns>Whether it was; nothing may be read from <paramref name="plain"/> where not.</returns>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedData, Span<byte> plain)
    {
        try
        {
            if (_platform is not null)
            {
                _platform.Decrypt(nonce, sealedData[..^TagBytes], sealedData[^TagBytes..], plain);
            }
            else
            {
                Process(forEncryption: false, nonce, sealedData, plain);
            }

            return true;
        }
        catch (Exception exception) when (exception is AuthenticationTagMismatchException or InvalidCipherTextException)
        {
            return false;
        }
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose()
    {
        _platform?.Dispose();
        CryptographicOperations.ZeroMemory(_key);
    }

    private void Process(bool forEncryption, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var cipher = new Org.BouncyCastle.Crypto.Modes.ChaCha20Poly1305();
        cipher.Init(forEncryption, new AeadParameters(new KeyParameter(_key), TagBytes * 8, nonce.ToArray()));
        int written = cipher.ProcessBytes(input, output);
        cipher.DoFinal(output[written..]);
    }
}
