using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Engine.Tests.Storage.Encoding;

/// <summary>Whole age files in memory and on disk, with our own code.</summary>
internal static class AgeFile
{
    public static byte[] Encrypt(byte[] content, params AgeRecipient[] recipients)
    {
        var target = new MemoryStream();
        using var encryptor = new AgeEncryptor(target, recipients);

        // Pieces that fit no chunk.
        foreach (byte[] piece in content.Chunk(10_007))
        {
            encryptor.Write(piece);
        }

        encryptor.Complete();
        return target.ToArray();
    }

    public static byte[] Decrypt(byte[] file, params AgeIdentity[] identities)
    {
        using var decryptor = new AgeDecryptor(new MemoryStream(file), identities, "/backup.age");
        var content = new MemoryStream();
        decryptor.CopyTo(content, 4099);
        return content.ToArray();
    }

    /// <summary>Bytes that no two positions of share a pattern.</summary>
    public static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }
}
