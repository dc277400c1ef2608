using SqliteBackup.Sqlite.Vfs;

namespace SqliteBackup.Engine.Tests.Sqlite.Vfs;

public sealed class BaseFileTests
{
    [Theory]
    [InlineData(0, 256 * 1024, new[] { 65536, 65536, 65536, 65536 })]
    [InlineData(4096, 256 * 1024, new[] { 61440, 65536, 65536, 65536, 4096 })]
    [InlineData(65536 - 512, 1024, new[] { 512, 512 })]
    [InlineData(1L << 40, 100, new[] { 100 })]
    public void Pieces_are_of_64_KiB_and_end_where_blocks_end(long offset, int length, int[] expected)
    {
        var pieces = new List<int>();
        for (int done = 0; done < length; done += pieces[^1])
        {
            pieces.Add(BaseFile.NextPiece(offset + done, length - done));
        }

        Assert.Equal(expected, pieces);
    }
}
