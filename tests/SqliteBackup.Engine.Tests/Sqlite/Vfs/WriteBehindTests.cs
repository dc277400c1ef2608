using System.Runtime.InteropServices;
using SqliteBackup.Sqlite.Vfs;
using SQLitePCL;

namespace SqliteBackup.Engine.Tests.Sqlite.Vfs;

/// <summary>What is written behind SQLite's back arrives as it was given, or the failure is told.</summary>
public sealed unsafe class WriteBehindTests
{
    // Enough for the thread to start and to be handed many pieces.
    private const int Pieces = 40;
    private const int PageBytes = 4096;
    private const int PagesInPiece = WriteBehind.PieceBytes / PageBytes;

    private readonly byte[] _file = new byte[Pieces * WriteBehind.PieceBytes];
    private int _inside;
    private bool _metItself;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Runs_of_writes_jumps_and_rewrites_are_all_in_the_file_after_draining(int seed)
    {
        var random = new Random(seed);
        byte[] expected = new byte[_file.Length];
        using (var writer = new WriteBehind(Put, Get))
        {
            int page = 0;
            for (int i = 0; i < 3 * Pieces * PagesInPiece; i++)
            {
                // Mostly the next page, as a copy writes; at times another, as a restart or a trickle of later changes does.
                page = random.Next(500) == 0 ? random.Next(Pieces * PagesInPiece) : (page + 1) % (Pieces * PagesInPiece);
                Span<byte> content = expected.AsSpan(page * PageBytes, PageBytes);
                content.Fill((byte)random.Next(256));
                Assert.Equal(raw.SQLITE_OK, Write(writer, content, page * PageBytes));
                if (random.Next(50) == 0)
                {
                    // What was just written, or anything else.
                    int read = random.Next(4) == 0 ? random.Next(Pieces * PagesInPiece) : Math.Max(0, page - random.Next(2 * PagesInPiece));
                    AssertReads(writer, expected, read);
                }

                if (random.Next(20_000) == 0)
                {
                    Assert.Equal(raw.SQLITE_OK, writer.Drain());
                    Assert.True(expected.AsSpan().SequenceEqual(_file));
                }
            }

            Assert.Equal(raw.SQLITE_OK, writer.Drain());
        }

        Assert.True(expected.AsSpan().SequenceEqual(_file));
        Assert.False(_metItself);
    }

    [Fact]
    public void A_write_longer_than_a_piece_keeps_its_place_in_the_order()
    {
        using var writer = new WriteBehind(Put, Nothing);
        byte[] long1 = new byte[(2 * WriteBehind.PieceBytes) + 1];
        Array.Fill(long1, (byte)1);
        byte[] page = new byte[PageBytes];

        Write(writer, page, 0);
        Write(writer, long1, 0);
        Write(writer, page, PageBytes);
        Assert.Equal(raw.SQLITE_OK, writer.Drain());

        Assert.Equal(1, _file[0]);
        Assert.Equal(0, _file[PageBytes]);
        Assert.Equal(1, _file[2 * PageBytes]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void A_failure_is_told_to_every_later_call_and_nothing_more_is_written(int failing)
    {
        int put = 0;
        using var writer = new WriteBehind((_, _, _) => ++put >= failing ? raw.SQLITE_FULL : raw.SQLITE_OK, Nothing);
        byte[] page = new byte[PageBytes];
        int told = raw.SQLITE_OK;
        for (int i = 0; i < Pieces * PagesInPiece && told == raw.SQLITE_OK; i++)
        {
            told = Write(writer, page, i * PageBytes);
        }

        Assert.Equal(raw.SQLITE_FULL, told);
        Assert.Equal(raw.SQLITE_FULL, writer.Drain());
        Assert.Equal(raw.SQLITE_FULL, writer.Drain());
        Assert.Equal(failing, put);
    }

    [Fact]
    public void Disposing_waits_for_the_piece_that_is_being_written()
    {
        Thread gatherer = Thread.CurrentThread;
        bool isBehind = false;
        bool isWriting = false;
        var writer = new WriteBehind((_, _, _) =>
        {
            if (Thread.CurrentThread != gatherer)
            {
                isWriting = isBehind = true;
                Thread.Sleep(100);
                isWriting = false;
            }

            return raw.SQLITE_OK;
        }, Nothing);
        byte[] page = new byte[PageBytes];
        for (int i = 0; !Volatile.Read(ref isBehind) && i < Pieces * PagesInPiece; i++)
        {
            Write(writer, page, i * PageBytes);
        }

        writer.Dispose();

        Assert.True(isBehind);
        Assert.False(isWriting);
    }

    private static int Write(WriteBehind writer, ReadOnlySpan<byte> content, long offset)
    {
        fixed (byte* bytes = content)
        {
            return writer.Write(bytes, content.Length, offset);
        }
    }

    private static void AssertReads(WriteBehind writer, byte[] expected, int page)
    {
        byte[] content = new byte[PageBytes];
        fixed (byte* bytes = content)
        {
            Assert.Equal(raw.SQLITE_OK, writer.Read(bytes, PageBytes, page * PageBytes));
        }

        Assert.True(expected.AsSpan(page * PageBytes, PageBytes).SequenceEqual(content));
    }

    private int Get(byte* bytes, int length, long offset)
    {
        Marshal.Copy(_file, (int)offset, (nint)bytes, length);
        return raw.SQLITE_OK;
    }

    private static int Nothing(byte* bytes, int length, long offset) => raw.SQLITE_IOERR_READ;

    private int Put(byte* bytes, int length, long offset)
    {
        _metItself |= Interlocked.Increment(ref _inside) != 1;
        Marshal.Copy((nint)bytes, _file, (int)offset, length);
        Interlocked.Decrement(ref _inside);
        return raw.SQLITE_OK;
    }
}
