namespace SqliteBackup.Storage;

/// <summary>The bytes of a file to store. They can be read more than once, as a store may have to try again.</summary>
public abstract class StoreContent
{
    /// <summary>How many bytes there are.</summary>
    public abstract long Bytes { get; }

    /// <summary>Their SHA-256 in lower-case hexadecimal digits, or null where nobody has computed it; a store then does so while it reads.</summary>
    public virtual string? Sha256 => null;

    /// <summary>The rights that the file gets in a store of files, on Unix. Default: its owner's alone.</summary>
    public UnixFileMode Rights { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Opens the bytes from the first. Reading may take its time or throw: limits, pauses and cancellation are in the stream, and a store
    /// just reads.
    /// </summary>
    public abstract Stream OpenRead();

    /// <summary>Bytes that are in memory.</summary>
    public static StoreContent FromMemory(ReadOnlyMemory<byte> bytes, string? sha256 = null) => new MemoryContent(bytes, sha256);

    private sealed class MemoryContent(ReadOnlyMemory<byte> bytes, string? sha256) : StoreContent
    {
        public override long Bytes => bytes.Length;

        public override string? Sha256 => sha256;

        public override Stream OpenRead() =>
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(bytes.ToArray(), writable: false);
    }
}
