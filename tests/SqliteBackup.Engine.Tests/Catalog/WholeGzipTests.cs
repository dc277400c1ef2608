using System.IO.Compression;
using SqliteBackup.Storage.Encoding;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>A gzip file is read to its end, or not at all.</summary>
public sealed class WholeGzipTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8)]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_compressed_backup_that_is_cut_short_is_corrupt(int missing)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["in/a.db"]);
        File.WriteAllBytes(_folder["a.db.gz"], Gzip(File.ReadAllBytes(database))[..^missing]);

        BackupTestResult tested = BackupTest.Run(new BackupTestRequest { Path = _folder["a.db.gz"] }, TestContext.Current.CancellationToken);

        Assert.Equal(BackupTestStatus.Corrupt, tested.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(65_504)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void Gzip_of_one_member_or_several_is_read_to_its_end_and_no_cut_passes(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        byte[] one = Gzip(content);
        Assert.Equal(content, Unpack(one));
        byte[] several = [.. one, .. Gzip([]), .. one];
        Assert.Equal([.. content, .. content], Unpack(several));
        foreach (int cut in Enumerable.Range(1, Math.Clamp(one.Length - 1, 0, 40)).Concat([one.Length / 2]).Where(cut => cut < one.Length))
        {
            Assert.ThrowsAny<InvalidDataException>(() => Unpack(one[..^cut]));
        }

        Assert.ThrowsAny<InvalidDataException>(() => Unpack([.. one, .. "something else"u8]));
    }

    private static byte[] Gzip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var stream = new GZipStream(target, CompressionLevel.Optimal))
        {
            stream.Write(content);
        }

        return target.ToArray();
    }

    private static byte[] Unpack(byte[] file)
    {
        using Stream stream = Codec.Decompress(new MemoryStream(file), BackupCompression.Gzip);
        using var target = new MemoryStream();
        stream.CopyTo(target);
        return target.ToArray();
    }
}
