using SqliteBackup.Sqlite.Vfs;
using SQLitePCL;

namespace SqliteBackup.Engine.Tests.Sqlite.Vfs;

/// <summary>What is read in large pieces is what is in the file.</summary>
public sealed unsafe class ReadAheadTests
{
    private const int Pieces = 12;
    private const int PageBytes = 4096;

    // The last piece is not a whole one.
    private readonly byte[] _file = new byte[(Pieces * ReadAhead.PieceBytes) - (3 * PageBytes)];
    private readonly List<(int Length, long Offset)> _gets = [];

    public ReadAheadTests() => new Random(1).NextBytes(_file);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Reads_in_any_order_and_of_any_length_give_the_files_bytes(int seed)
    {
        var random = new Random(seed);
        using var reader = new ReadAhead(Get, _file.Length);
        int page = 0;
        for (int i = 0; i < 20_000; i++)
        {
            page = random.Next(20) == 0 ? random.Next(_file.Length / PageBytes) : (page + 1) % (_file.Length / PageBytes);
            AssertReads(reader, page * PageBytes, random.Next(10) == 0 ? random.Next(1, PageBytes) : PageBytes);
        }
    }

    [Fact]
    public void A_read_across_two_pieces_or_to_the_files_last_byte_is_right_too()
    {
        using var reader = new ReadAhead(Get, _file.Length);

        AssertReads(reader, ReadAhead.PieceBytes - 10, 20);
        AssertReads(reader, ReadAhead.PieceBytes - 10, 20);
        AssertReads(reader, _file.Length - 10, 10);
        AssertReads(reader, _file.Length - 10, 10);
    }

    [Fact]
    public void A_run_is_read_in_pieces_and_single_pages_alone()
    {
        using var reader = new ReadAhead(Get, _file.Length);
        for (int offset = 0; offset < _file.Length; offset += PageBytes)
        {
            AssertReads(reader, offset, PageBytes);
        }

        Assert.InRange(_gets.Count, Pieces, Pieces + 1);
        _gets.Clear();
        for (int piece = 0; piece < Pieces; piece += 2)
        {
            AssertReads(reader, piece * (long)ReadAhead.PieceBytes, PageBytes);
        }

        Assert.All(_gets, get => Assert.Equal(PageBytes, get.Length));
    }

    [Fact]
    public void Beyond_the_end_the_file_itself_answers()
    {
        using var reader = new ReadAhead((_, _, _) => raw.SQLITE_IOERR, _file.Length);

        Assert.Equal(raw.SQLITE_IOERR, Read(reader, new byte[PageBytes], _file.Length));
        Assert.Equal(raw.SQLITE_IOERR, Read(reader, new byte[PageBytes], _file.Length - 1));
    }

    [Fact]
    public void A_page_that_can_be_read_is_read_although_others_of_its_piece_can_not()
    {
        const int Bad = 5 * PageBytes;
        int Fail(byte* bytes, int length, long offset) =>
            offset <= Bad && offset + length > Bad ? raw.SQLITE_IOERR : Get(bytes, length, offset);
        using var reader = new ReadAhead(Fail, _file.Length);

        for (int offset = 0; offset < ReadAhead.PieceBytes; offset += PageBytes)
        {
            if (offset == Bad)
            {
                Assert.Equal(raw.SQLITE_IOERR, Read(reader, new byte[PageBytes], offset));
            }
            else
            {
                AssertReads(reader, offset, PageBytes);
            }
        }
    }

    private void AssertReads(ReadAhead reader, long offset, int length)
    {
        byte[] bytes = new byte[length];
        Assert.Equal(raw.SQLITE_OK, Read(reader, bytes, offset));
        Assert.True(_file.AsSpan((int)offset, length).SequenceEqual(bytes));
    }

    private static int Read(ReadAhead reader, byte[] into, long offset)
    {
        fixed (byte* bytes = into)
        {
            return reader.Read(bytes, into.Length, offset);
        }
    }

    private int Get(byte* bytes, int length, long offset)
    {
        _gets.Add((length, offset));
        _file.AsSpan((int)offset, length).CopyTo(new Span<byte>(bytes, length));
        return raw.SQLITE_OK;
    }
}
