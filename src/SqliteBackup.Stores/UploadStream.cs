using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores;

/// <summary>
/// The bytes on their way to a store: counted and hashed, and stopped between two reads. What its source throws is kept, so that it is not
/// taken for the store's fault.
/// </summary>
internal sealed class UploadStream(StoreContent content, string path, CancellationToken cancellationToken) : ForwardStream
{
    // Nothing is given back for a small file.
    private const long BytesBetweenTrims = 64 << 20;

    private readonly Stream _source = content.OpenRead();
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private IncrementalHash? _md5;
    private long _count;

    /// <summary>How many bytes there are in all.</summary>
    public long Bytes => content.Bytes;

    public override long Length => content.Bytes;

    public override long Position
    {
        get => _count;
        set => throw new NotSupportedException();
    }

    /// <summary>SHA-256 of what was read so far, in lower-case hexadecimal digits.</summary>
    public string Sha256 => Hex(_sha256.GetCurrentHash());

    /// <summary>
    /// MD5 of what was read so far, where it was asked for: what some stores compute of what they keep. It guards against accidents, not against forgers.
    /// </summary>
    public string Md5 => Hex((_md5 ?? throw new InvalidOperationException("It was not asked for.")).GetCurrentHash());

    /// <summary>What the source threw, or null.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>Bytes in lower-case hexadecimal digits.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    /// <summary>Asks for <see cref="Md5"/>, before the first byte is read. It costs as much as all the rest: only for stores that state it.</summary>
    public void HashMd5() => _md5 ??= NewMd5();

    public override int Read(Span<byte> buffer)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = _source.Read(buffer);
            _sha256.AppendData(buffer[..read]);
            _md5?.AppendData(buffer[..read]);
            Count(read);
            return read;
        }
        catch (Exception exception)
        {
            Fault = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    /// <summary>Throws unless all that was said to be there was read, and is what it was said to be.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.ChecksumMismatch"/>: it is not.</exception>
    public void ThrowUnlessWhole()
    {
        if (_count != content.Bytes || (content.Sha256 is string expected && expected != Sha256))
        {
            throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch, path, $"What was to be stored as '{path}' changed while it was read. Try again.");
        }
    }

    // The libraries of stores leave short-lived objects behind each packet, and are compiled while they send.
    private void Count(int read)
    {
        long before = _count;
        _count += read;
        if (content.Bytes >= BytesBetweenTrims && (before == 0 || before / BytesBetweenTrims != _count / BytesBetweenTrims))
        {
            ProcessMemory.GiveBack();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
            _sha256.Dispose();
            _md5?.Dispose();
        }

        base.Dispose(disposing);
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "S3 and Azure state MD5, and no other hash, of what they keep.")]
    private static IncrementalHash NewMd5() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
}
