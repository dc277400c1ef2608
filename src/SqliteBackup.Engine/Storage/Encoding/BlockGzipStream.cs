using System.IO.Compression;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Compresses to gzip on several cores: each block becomes a member of its own, which every reader takes for one file (RFC 1952, 2.2).
/// </summary>
/// <param name="target">Where to; it stays open.</param>
/// <param name="level">How hard.</param>
internal sealed class BlockGzipStream(Stream target, CompressionLevel level) : WriteOnlyStream
{
    // What a member costs, some twenty bytes and a window that is empty again, is little beside that.
    private const int BlockBytes = 1 << 20;

    private const int MaxBlocks = 4;

    private readonly int _blocksAtOnce = Math.Min(Environment.ProcessorCount, MaxBlocks);
    private readonly Queue<Task<MemoryStream>> _members = [];
    private MemoryStream _block = new(BlockBytes);
    private bool _isClosed;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int taken = Math.Min(buffer.Length, BlockBytes - (int)_block.Length);
            _block.Write(buffer[..taken]);
            buffer = buffer[taken..];
            if (_block.Length == BlockBytes)
            {
                Begin();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed)
        {
            _isClosed = true;
            if (_block.Length > 0)
            {
                Begin();
            }

            while (_members.Count > 0)
            {
                WriteFirst();
            }
        }

        base.Dispose(disposing);
    }

    private void Begin()
    {
        MemoryStream block = _block;
        _block = new MemoryStream(BlockBytes);
        _members.Enqueue(Task.Run(() => Compress(block)));
        if (_members.Count > _blocksAtOnce)
        {
            WriteFirst();
        }
    }

    private void WriteFirst()
    {
        MemoryStream member = _members.Dequeue().GetAwaiter().GetResult();
        target.Write(member.GetBuffer().AsSpan(0, (int)member.Length));
    }

    private MemoryStream Compress(MemoryStream block)
    {
        var member = new MemoryStream();
        using (var stream = new GZipStream(member, level, leaveOpen: true))
        {
            stream.Write(block.GetBuffer().AsSpan(0, (int)block.Length));
        }

        return member;
    }
}
