using System.Security.Cryptography;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Decrypts an age file while it is read. It gives only bytes that are authentic, and ends only where the file was ended: anything else is
/// an <see cref="InvalidDataException"/> whose message goes on from "it can't be decrypted:".
/// </summary>
internal sealed class AgeDecryptor : ForwardStream
{
    private readonly BufferedStream _source;
    private readonly AgePayload _payload;
    private readonly byte[] _plain = new byte[AgePayload.ChunkBytes];

    // One byte more than a chunk: whether it is there says whether the chunk is the last.
    private readonly byte[] _sealed = new byte[AgePayload.ChunkBytes + AgeCipher.TagBytes + 1];
    private int _carried;
    private int _position;
    private int _count;
    private bool _ended;

    /// <summary>Reads the header and finds the file's key.</summary>
    /// <param name="source">The file, from its first byte. It is closed with this stream.</param>
    /// <param name="identities">Who reads it.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.IdentityMissing"/>: no identity opens it. <see cref="BackupFailure.PasswordWrong"/>: it has a passphrase, and
    /// none that was given is it.
    /// </exception>
    /// <exception cref="InvalidDataException">It is no age file, or damaged.</exception>
    public AgeDecryptor(Stream source, IReadOnlyCollection<AgeIdentity> identities, string path)
        : this(source, header => AgeKeySearch.Find(header, identities, path))
    {
    }

    /// <summary>Reads a file whose key is known.</summary>
    /// <param name="source">The file, from its first byte. It is closed with this stream.</param>
    /// <param name="fileKey">The file's key.</param>
    /// <exception cref="InvalidDataException">It is no age file, or damaged, or has another key.</exception>
    public AgeDecryptor(Stream source, byte[] fileKey)
        : this(source, _ => [.. fileKey])
    {
    }

    private AgeDecryptor(Stream source, Func<AgeHeader, byte[]> findKey)
    {
        _source = new BufferedStream(source, AgePayload.ChunkBytes);
        AgeHeader header = AgeHeader.Read(_source);
        byte[] fileKey = findKey(header);
        header.ThrowUnlessAuthentic(fileKey);
        byte[] nonce = new byte[AgePayload.NonceBytes];
        if (_source.ReadAtLeast(nonce, nonce.Length, throwOnEndOfStream: false) < nonce.Length)
        {
            throw new InvalidDataException(CutShort);
        }

        _payload = new AgePayload(fileKey, nonce);
        CryptographicOperations.ZeroMemory(fileKey);
    }

    private static string CutShort => "it is cut short";

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_position == _count && !_ended)
        {
            ReadChunk();
        }

        int read = Math.Min(buffer.Length, _count - _position);
        _plain.AsSpan(_position, read).CopyTo(buffer);
        _position += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _payload.Dispose();
            _source.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private void ReadChunk()
    {
        int length = _carried + _source.ReadAtLeast(_sealed.AsSpan(_carried), _sealed.Length - _carried, throwOnEndOfStream: false);
        bool last = length < _sealed.Length;
        length = Math.Min(length, _sealed.Length - 1);

        // Content that fills its last chunk has no empty one after it.
        if (length < AgeCipher.TagBytes || (length == AgeCipher.TagBytes && _payload.Count > 0))
        {
            throw new InvalidDataException(CutShort);
        }

        _count = 0;
        _position = 0;
        if (!_payload.TryOpen(_sealed.AsSpan(0, length), last, _plain.AsSpan(0, length - AgeCipher.TagBytes)))
        {
            throw new InvalidDataException(last ? "it is cut short, or its end is damaged" : "it is damaged");
        }

        _count = length - AgeCipher.TagBytes;
        _ended = last;
        _sealed[0] = _sealed[^1];
        _carried = 1;
    }
}
