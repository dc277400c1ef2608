using System.Security.Cryptography;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Encrypts what is written to it into another stream, as an age file. Only <see cref="Complete"/> ends the file: one that was given up
/// can't be opened, and so is never taken for a shorter whole.
/// </summary>
internal sealed class AgeEncryptor : WriteOnlyStream
{
    private readonly Stream _target;
    private readonly AgePayload _payload;
    private readonly byte[] _plain = new byte[AgePayload.ChunkBytes];
    private readonly byte[] _sealed = new byte[AgePayload.ChunkBytes + AgeCipher.TagBytes];
    private int _count;
    private bool _completed;

    /// <summary>Writes the header.</summary>
    /// <param name="target">Where to; it stays open.</param>
    /// <param name="recipients">Whom to encrypt to: any one of them opens the file. At least one; a passphrase is alone.</param>
    public AgeEncryptor(Stream target, IReadOnlyCollection<AgeRecipient> recipients)
        : this(target, recipients, RandomNumberGenerator.GetBytes(AgeHeader.FileKeyBytes))
    {
    }

    /// <summary>Writes the header of a file whose key the caller keeps, to read it back.</summary>
    /// <param name="target">Where to; it stays open.</param>
    /// <param name="recipients">Whom to encrypt to.</param>
    /// <param name="fileKey">The file's key: random, and of this file alone.</param>
    public AgeEncryptor(Stream target, IReadOnlyCollection<AgeRecipient> recipients, byte[] fileKey)
    {
        if (recipients.Count == 0 || (recipients.Count > 1 && recipients.Any(recipient => recipient.MustBeAlone)))
        {
            throw new ArgumentException("An age file has one recipient or more, and a passphrase is the only one.", nameof(recipients));
        }

        _target = target;
        byte[] nonce = RandomNumberGenerator.GetBytes(AgePayload.NonceBytes);
        _target.Write(AgeHeader.Write(recipients.Select(recipient => recipient.Wrap(fileKey)), fileKey));
        _target.Write(nonce);
        _payload = new AgePayload(fileKey, nonce);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        while (!buffer.IsEmpty)
        {
            // A full chunk waits for one more byte: only then it is known not to be the last.
            if (_count == _plain.Length)
            {
                WriteChunk(last: false);
            }

            int taken = Math.Min(buffer.Length, _plain.Length - _count);
            buffer[..taken].CopyTo(_plain.AsSpan(_count));
            _count += taken;
            buffer = buffer[taken..];
        }
    }

    /// <summary>Ends the file.</summary>
    public void Complete()
    {
        if (!_completed)
        {
            WriteChunk(last: true);
            _completed = true;
        }
    }

    public override void Flush() => _target.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _payload.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private void WriteChunk(bool last)
    {
        Span<byte> chunk = _sealed.AsSpan(0, _count + AgeCipher.TagBytes);
        _payload.Seal(_plain.AsSpan(0, _count), last, chunk);
        _target.Write(chunk);
        _count = 0;
    }
}
