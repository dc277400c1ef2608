using SqliteBackup.Engine.Tests.Faults;
using SqliteBackup.Sql;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Engine.Tests.Sql;

/// <summary>A small compressed file does not take the machine's memory.</summary>
public sealed class ImportBombTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(BackupCompression.Gzip)]
    [InlineData(BackupCompression.Zstd)]
    public void One_statement_that_never_ends_stops_in_proportion_to_its_file(BackupCompression compression)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a process's peak is read from /proc");
        using (FileStream file = File.Create(_folder["bomb.sql.z"]))
        using (Stream text = Codec.Compress(file, compression, null))
        {
            text.Write("INSERT INTO t VALUES('"u8);
            byte[] filler = [.. Enumerable.Repeat((byte)'a', 1 << 20)];
            for (int i = 0; i < 900; i++)
            {
                text.Write(filler);
            }
        }

        using Looper process = Looper.Start(_folder["any.db"], mode: "any-rounds");
        string answer = process.Ask($"import|{_folder["bomb.sql.z"]}");

        Assert.StartsWith("RestoreFailed: ", answer, StringComparison.Ordinal);
        Assert.Contains("decompress it and import the result", answer, StringComparison.Ordinal);
        Assert.InRange(process.PeakBytes, 1, 700L << 20);
        Assert.Equal(["bomb.sql.z"], _folder.Files());
    }

    [Fact]
    public void A_long_statement_of_a_sound_file_is_taken()
    {
        using (FileStream file = File.Create(_folder["long.sql.gz"]))
        using (Stream text = Codec.Compress(file, BackupCompression.Gzip, null))
        {
            text.Write("CREATE TABLE t(a); INSERT INTO t VALUES('"u8);
            text.Write([.. Enumerable.Repeat((byte)'a', 20 << 20)]);
            text.Write("');"u8);
        }

        SqlImport.Run(new ImportRequest { Path = _folder["long.sql.gz"], Destination = _folder["new.db"] }, null, TestContext.Current.CancellationToken);

        Assert.Equal(20L << 20, SampleDatabase.Scalar<long>(_folder["new.db"], "SELECT length(a) FROM t"));
    }
}
