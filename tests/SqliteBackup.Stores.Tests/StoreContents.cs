using System.Security.Cryptography;

namespace SqliteBackup.Stores.Tests;

/// <summary>Bytes to store, whole and otherwise.</summary>
internal static class StoreContents
{
    /// <summary>Bytes that do not repeat.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static StoreContent Of(byte[] bytes) => StoreContent.FromMemory(bytes, Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant());

    public static StoreContent Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Read(IBackupStore store, string name, long offset = 0, long? length = null)
    {
        using Stream stream = store.OpenRead(name, offset, length, CancellationToken.None);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes, 10_007);
        return bytes.ToArray();
    }

    public static string[] Names(IBackupStore store, string prefix = "", bool recurse = true) =>
        [.. store.List(prefix, recurse, CancellationToken.None).Select(file => file.Name).Order(StringComparer.Ordinal)];
}

/// <summary>A source that does something when it has given some of its bytes.</summary>
internal sealed class InterruptedContent(byte[] bytes, int after, Action interrupt) : StoreContent
{
    public override long Bytes => bytes.Length;

    public override Stream OpenRead() => new InterruptedStream(bytes, after, interrupt);

    private sealed class InterruptedStream(byte[] bytes, int after, Action interrupt) : MemoryStream(bytes, writable: false)
    {
        // A span is read through this, too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position >= after)
            {
                interrupt();
            }

            return base.Read(buffer, offset, Math.Min(count, 50_000));
        }
    }
}
