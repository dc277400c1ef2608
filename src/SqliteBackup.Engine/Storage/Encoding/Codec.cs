using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace SqliteBackup.Storage.Encoding;

/// <summary>The two formats of compressed backups: how they are told apart, written and read.</summary>
internal static class Codec
{
    private const int MaxGzipLevel = 9;

    private const int MaxWorkers = 4;

    // What a worker compresses at once. The library's own choice is 8 MB, of which each worker holds more than one.
    private const int WorkerBytes = 1 << 20;

    // A small database is compressed before threads would have started.
    private const int MinBytesForWorkers = 8 * WorkerBytes;

    // Above it each worker's tables take 50 MB and more.
    private const int MaxLevelOfWorkers = 9;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B, 8];

    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>What is appended to the name of an encrypted backup, last.</summary>
    public const string EncryptedSuffix = ".age";

    /// <summary>What is appended to the name of a backup in a folder.</summary>
    public static string SuffixOf(BackupCompression compression, bool isEncrypted) => SuffixOf(compression) + (isEncrypted ? EncryptedSuffix : "");

    private static string SuffixOf(BackupCompression compression) => compression switch
    {
        BackupCompression.Gzip => ".gz",
        BackupCompression.Zstd => ".zst",
        _ => "",
    };

    /// <summary>The lowest and highest level.</summary>
    public static (int Lowest, int Highest) LevelsOf(BackupCompression compression) =>
        compression == BackupCompression.Gzip ? (1, MaxGzipLevel) : (1, Compressor.MaxCompressionLevel);

    /// <summary>Tells a format by a file's first bytes.</summary>
    public static BackupCompression Recognize(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith(GzipMagic) ? BackupCompression.Gzip
        : beginning.StartsWith(ZstdMagic) || IsSkippableFrame(beginning) ? BackupCompression.Zstd
        : BackupCompression.None;

    /// <summary>A stream that compresses into another and leaves that open.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="compression">The format.</param>
    /// <param name="level">How hard, or null for what is usual.</param>
    /// <param name="bytes">How many bytes there are to compress, or 0 where that is not known.</param>
    public static Stream Compress(Stream target, BackupCompression compression, int? level, long bytes = 0)
    {
        switch (compression)
        {
            case BackupCompression.Gzip:
                return new BlockGzipStream(target, GzipLevel(level ?? 6));
            case BackupCompression.Zstd:
                var stream = new CompressionStream(target, level ?? Compressor.DefaultCompressionLevel, leaveOpen: true);
                stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
                if (bytes >= MinBytesForWorkers && (level ?? Compressor.DefaultCompressionLevel) <= MaxLevelOfWorkers && Environment.ProcessorCount > 1)
                {
                    stream.SetParameter(ZSTD_cParameter.ZSTD_c_nbWorkers, Math.Min(Environment.ProcessorCount, MaxWorkers));
                    stream.SetParameter(ZSTD_cParameter.ZSTD_c_jobSize, WorkerBytes);
                }

                return stream;
            default:
                throw new ArgumentOutOfRangeException(nameof(compression), compression, "Nothing to compress with.");
        }
    }

    /// <summary>
    /// A stream that decompresses another. What it gives is not bounded: the caller counts. The memory it takes is: Zstandard windows over
    /// 128 MB are refused.
    /// </summary>
    public static Stream Decompress(Stream source, BackupCompression compression) => compression switch
    {
        BackupCompression.Gzip => new WholeGzipStream(source),
        BackupCompression.Zstd => new DecompressionStream(source, leaveOpen: false),
        _ => source,
    };

    // Zstandard's frames for other programs' data may come before those with content (RFC 8878, 3.1.2).
    private static bool IsSkippableFrame(ReadOnlySpan<byte> beginning) =>
        beginning is [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..];

    // .NET 8 has three levels for gzip's nine.
    private static CompressionLevel GzipLevel(int level) => level switch
    {
        <= 3 => CompressionLevel.Fastest,
        <= 6 => CompressionLevel.Optimal,
        _ => CompressionLevel.SmallestSize,
    };
}
