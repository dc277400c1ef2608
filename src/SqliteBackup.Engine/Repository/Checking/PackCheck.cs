using System.Buffers.Binary;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Repository.Checking;

/// <summary>What came of reading a whole pack.</summary>
/// <param name="Damage">What is wrong with it, or null.</param>
/// <param name="Bad">Blobs of it that are not what they were.</param>
internal sealed record PackCheck(string? Damage, IReadOnlyList<PackedBlob> Bad)
{
    /// <summary>Reads a pack and compares all of it: its bytes with its name, its header with the index, each blob with its hash.</summary>
    /// <param name="files">The repository.</param>
    /// <param name="id">The pack.</param>
    /// <param name="indexed">What the index says of it, or null where none does.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static PackCheck Run(RepositoryFiles files, HashId id, PackContent? indexed, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            using Stream stream = files.OpenPack(id, 0, null, cancellationToken);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            bytes = memory.ToArray();
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.BackupNotFound)
        {
            return new PackCheck("It is missing.", indexed?.Blobs ?? []);
        }

        bool isNamed = HashId.Of(bytes) == id;
        using CodecPool.Rented rented = files.Codecs.Rent();
        List<PackedBlob>? header = ReadHeader(bytes, rented.Codec);
        PackedBlob[] blobs = indexed?.Blobs ?? header?.ToArray() ?? [];
        PackedBlob[] bad = [.. blobs.Where(blob => !IsSound(bytes, blob, rented.Codec))];
        string? damage = bad.Length > 0 ? $"{bad.Length} of its {blobs.Length} blobs are not what they were."
            : !isNamed ? "Its bytes are not those that it has its name from; its blobs are sound."
            : header is null ? "Its header is damaged; its blobs are sound."
            : indexed is not null && !header.ToHashSet().SetEquals(indexed.Blobs) ? "The index says something else of it than its own header."
            : null;
        return new PackCheck(damage, bad);
    }

    private static bool IsSound(byte[] bytes, PackedBlob blob, BlobCodec codec) =>
        (long)blob.Offset + blob.Length <= bytes.Length
        && codec.TryDecode(bytes.AsSpan((int)blob.Offset, (int)blob.Length), blob.PlainLength, out ReadOnlySpan<byte> plain)
        && HashId.Of(plain) == blob.Id;

    private static List<PackedBlob>? ReadHeader(byte[] bytes, BlobCodec codec)
    {
        if (bytes.Length < PackHeader.LengthSize + Sealer.Overhead)
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - PackHeader.LengthSize));
        if (length > PackHeader.MaxLength || length > bytes.Length - PackHeader.LengthSize)
        {
            return null;
        }

        byte[] header = bytes[(bytes.Length - PackHeader.LengthSize - (int)length)..^PackHeader.LengthSize];
        return codec.TryUnseal(header, out Span<byte> plain) ? PackHeader.Read(plain) : null;
    }
}
