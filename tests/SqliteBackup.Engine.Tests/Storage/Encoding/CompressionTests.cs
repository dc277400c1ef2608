using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Catalog;
using SqliteBackup.Engine.Tests.Faults;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Engine.Tests.Storage.Encoding;

/// <summary>What is stored decompresses, with anybody's tools, to what was checked; and what does not is never taken for good.</summary>
public sealed class CompressionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(BackupCompression.Gzip, null, "gunzip", "-c")]
    [InlineData(BackupCompression.Gzip, 9, "gunzip", "-c")]
    [InlineData(BackupCompression.Zstd, null, "zstd", "-dc")]
    [InlineData(BackupCompression.Zstd, 1, "zstd", "-dc")]
    [InlineData(BackupCompression.Zstd, 22, "zstd", "-dc")]
    public void The_systems_own_tools_open_it_and_find_the_same_hash(BackupCompression compression, int? level, string tool, string option)
    {
        Assert.SkipUnless(HasTool(tool), $"{tool} is not on PATH");
        string database = Compressible("app.db");

        string stored = _folder["out/copy" + Codec.SuffixOf(compression, isEncrypted: false)];

        BackupResult result = CatalogBackup.Run(database, stored, request => request with { Compression = compression, CompressionLevel = level });

        BackupManifest manifest = ManifestFile.Read(stored).Manifest!;
        using (Process process = Process.Start(new ProcessStartInfo(tool, [option, stored]) { RedirectStandardOutput = true })!)
        {
            using FileStream plain = File.Create(_folder["plain.db"]);
            process.StandardOutput.BaseStream.CopyTo(plain);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        Assert.Equal(manifest.ContentSha256, Judge.Sha256(_folder["plain.db"]));
        Assert.Equal(manifest.Sha256, Judge.Sha256(stored));
        Assert.Equal((manifest.StoredBytes, result.StoredBytes), (new FileInfo(stored).Length, manifest.StoredBytes));
        Assert.InRange(result.StoredBytes, 1, result.Bytes / 2);
        BackupRun.AssertGood(_folder["plain.db"]);
        Assert.Equal([Path.GetFileName(stored), Path.GetFileName(stored) + ".json"], _folder.Files("out"));
    }

    [Theory]
    [InlineData(BackupCompression.None)]
    [InlineData(BackupCompression.Gzip)]
    [InlineData(BackupCompression.Zstd)]
    public void A_flipped_byte_anywhere_is_found(BackupCompression compression)
    {
        CatalogBackup.Run(Compressible("app.db"), _folder["copy"], request => request with { Compression = compression });
        byte[] stored = File.ReadAllBytes(_folder["copy"]);
        BackupReader.Open(_folder["copy"], []).Verify(_ => { });

        foreach (int at in (int[])[11, stored.Length / 3, stored.Length - 1])
        {
            byte[] flipped = [.. stored];
            flipped[at] ^= 0x10;
            File.WriteAllBytes(_folder["copy"], flipped);

            SqliteBackupException error = Assert.Throws<SqliteBackupException>(() => BackupReader.Open(_folder["copy"], []).Verify(_ => { }));
            Assert.Equal(BackupFailure.ChecksumMismatch, error.Failure);
        }
    }

    [Theory]
    [InlineData(BackupCompression.Gzip)]
    [InlineData(BackupCompression.Zstd)]
    public void A_decompression_bomb_stops_at_its_bound(BackupCompression compression)
    {
        // 256 MB of zeros in a few hundred kilobytes or less, and a manifest that tells of 4,096 bytes.
        using (FileStream file = File.Create(_folder["bomb"]))
        using (Stream compressor = Codec.Compress(file, compression, null))
        {
            for (int i = 0; i < 256; i++)
            {
                compressor.Write(new byte[1 << 20]);
            }
        }

        ManifestFile.Write(_folder["bomb"], TestCatalog.Manifest(DateTime.UtcNow), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using StagedFile target = StagedFile.Create(_folder["plain"]);
        SqliteBackupException bounded = Assert.Throws<SqliteBackupException>(() => BackupReader.Open(_folder["bomb"], []).Extract(target, isForKeeps: true, _ => { }));
        Assert.Equal(BackupFailure.ChecksumMismatch, bounded.Failure);
        Assert.InRange(target.Length, 0, 4096);
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 50)]
    public void A_decompression_bomb_without_a_manifest_stops_before_the_disk_is_full(bool isForKeeps, int percentLeft)
    {
        string small = _folder["small"];
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(small, megabytes: 8);
        Assert.SkipWhen(mounted is null, "No small file system can be made here.");
        using (FileStream file = File.Create(_folder["bomb"]))
        using (Stream compressor = Codec.Compress(file, BackupCompression.Zstd, null))
        {
            for (int i = 0; i < 64; i++)
            {
                compressor.Write(new byte[1 << 20]);
            }
        }

        using (StagedFile target = StagedFile.Create(_folder["small/plain"]))
        {
            SqliteBackupException error = Assert.Throws<SqliteBackupException>(() => BackupReader.Open(_folder["bomb"], []).Extract(target, isForKeeps, _ => { }));
            Assert.Equal((BackupFailure.DestinationFull, _folder["bomb"]), (error.Failure, error.Path));
            Assert.InRange(new DriveInfo(small).AvailableFreeSpace, (new DriveInfo(small).TotalSize - 65_536) * percentLeft / 100, long.MaxValue);
        }

        Assert.Empty(_folder.Files("small"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_does_not_fit_among_the_temporary_files_could_not_be_checked_and_is_not_corrupt(bool hasManifest)
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["tmp"], megabytes: 8);
        Assert.SkipWhen(mounted is null, "No small file system can be made here.");
        string database = new SampleDatabase { Megabytes = 12 }.Create(_folder["app.db"]);
        CatalogBackup.Run(database, _folder["out/copy.zst"], request => request with { Compression = BackupCompression.Zstd });
        if (!hasManifest)
        {
            File.Delete(_folder["out/copy.zst.json"]);
        }

        using Looper process = Looper.Start(database, $"export TMPDIR='{_folder["tmp"]}'; exec ", "any-rounds");
        string answer = process.Ask($"test|{_folder["out/copy.zst"]}");

        Assert.StartsWith("Unchecked: ", answer, StringComparison.Ordinal);
        Assert.Contains("could not be unpacked", answer, StringComparison.Ordinal);
        Assert.Contains("with -StagingPath", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Files("tmp"), name => name.StartsWith("sqlitebackup-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BackupCompression.Gzip)]
    [InlineData(BackupCompression.Zstd)]
    public void A_compressed_backup_without_a_manifest_is_listed_for_what_it_is(BackupCompression compression)
    {
        BackupResult result = CatalogBackup.Run(Compressible("app.db"), _folder["out/copy"], request => request with { Compression = compression });
        File.Delete(_folder["out/copy.json"]);

        CatalogEntry entry = Assert.Single(FolderCatalog.List(_folder["out"], recurse: false, CancellationToken.None));

        Assert.Equal((ManifestState.Missing, compression, (long?)result.Bytes), (entry.ManifestState, entry.Compression, entry.Bytes));
    }

    [Theory]
    [InlineData(BackupCompression.Gzip, 1)]
    [InlineData(BackupCompression.Zstd, 20)]
    public void Cancelling_while_it_compresses_leaves_nothing(BackupCompression compression, int megabytes)
    {
        string database = new SampleDatabase { Megabytes = megabytes }.Create(_folder["app.db"]);
        using var cancel = new CancellationTokenSource();
        var observer = new RecordingObserver(progress =>
        {
            if (progress.State == BackupState.Compressing)
            {
                cancel.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => CatalogBackup.Run(
            database, _folder["out/copy"], request => request with { Compression = compression }, observer, cancel.Token));

        Assert.Equal(["app.db"], _folder.Files());
    }

    [Theory]
    [InlineData(BackupCompression.Gzip)]
    [InlineData(BackupCompression.Zstd)]
    public void What_does_not_decompress_to_the_copy_is_not_published(BackupCompression compression)
    {
        using StagedFile copy = StagedFile.Create(_folder["copy"]);
        using StagedFile target = StagedFile.Create(_folder["copy"]);
        copy.Write(0, new byte[1 << 20]);

        // Behind what is going to be written.
        target.Write(1 << 20, new byte[1]);

        SqliteBackupException error = Assert.Throws<SqliteBackupException>(
            () => new BackupEncoder(copy, target, new BackupEncoding(compression, null, [])).Run(TestContext.Current.CancellationToken));

        Assert.Equal(BackupFailure.ChecksumMismatch, error.Failure);
    }

    // A byte that changes after it was compressed, wherever it is: what is read back is held against the copy itself.
    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    [InlineData((1 << 20) - 1)]
    public void What_is_read_back_is_the_copy_to_the_last_byte(int changed)
    {
        byte[] content = new byte[1 << 20];
        new Random(1).NextBytes(content);
        byte[] other = [.. content];
        other[changed]++;

        new ComparingStream(new MemoryStream(content)).Write(content);
        Assert.Throws<InvalidDataException>(() => new ComparingStream(new MemoryStream(content)).Write(other));
        Assert.Throws<InvalidDataException>(() => new ComparingStream(new MemoryStream(content, 0, changed)).Write(content));
    }

    [Theory]
    [InlineData(BackupCompression.Gzip, "gunzip", 1)]
    [InlineData(BackupCompression.Gzip, "gunzip", 1 << 20)]
    [InlineData(BackupCompression.Gzip, "gunzip", (5 << 20) + 1)]
    [InlineData(BackupCompression.Zstd, "zstd", 8 << 20)]
    [InlineData(BackupCompression.Zstd, "zstd", (20 << 20) + 1)]
    public void What_several_cores_compress_in_blocks_is_one_file(BackupCompression compression, string tool, int bytes)
    {
        Assert.SkipUnless(HasTool(tool), $"{tool} is not on PATH");
        byte[] content = new byte[bytes];
        new Random(bytes).NextBytes(content.AsSpan(0, bytes / 2));
        using (FileStream file = File.Create(_folder["content.gz"]))
        using (Stream compressor = Codec.Compress(file, compression, null, bytes))
        {
            foreach (byte[] piece in content.Chunk(300_000))
            {
                compressor.Write(piece);
            }
        }

        using Process process = Process.Start(new ProcessStartInfo(tool, ["-dc", _folder["content.gz"]]) { RedirectStandardOutput = true })!;
        using var unpacked = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(unpacked);
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.True(content.AsSpan().SequenceEqual(unpacked.ToArray()));
    }

    private string Compressible(string name)
    {
        string database = new SampleDatabase().Create(_folder[name]);
        using Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO filler(data) SELECT CAST(printf('%.2000d', i) AS BLOB) FROM n");
        return database;
    }

    private static bool HasTool(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}
