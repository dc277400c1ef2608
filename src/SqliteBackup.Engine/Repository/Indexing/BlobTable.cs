namespace SqliteBackup.Repository.Indexing;

/// <summary>Hashes and what each stands for: about 60 bytes an entry, and never twice in memory while it grows. For one thread at a time.</summary>
/// <remarks>
/// Entries lie one after another in chunks that stay where they are. Only the numbers by which they are found are laid out anew, in parts
/// by the first byte of the hash, each by itself.
/// </remarks>
internal sealed class BlobTable
{
    private const int Parts = 256;

    // 48 KiB a chunk: below what .NET keeps apart as large, and compacts seldom.
    private const int ChunkEntries = 1024;

    private const int MinSlots = 4;

    private readonly List<Entry[]> _chunks = [];
    private readonly int[][] _slots = new int[Parts][];
    private readonly int[] _used = new int[Parts];
    private int _count;

    /// <summary>Adds an entry, unless there is one of this hash.</summary>
    public void TryAdd(HashId id, BlobPlace place)
    {
        int part = id.FirstByte;
        int[] slots = _slots[part] ??= new int[MinSlots];
        int slot = SlotOf(slots, id);
        if (slots[slot] != 0)
        {
            return;
        }

        if (_count % ChunkEntries == 0)
        {
            _chunks.Add(new Entry[ChunkEntries]);
        }

        _chunks[_count / ChunkEntries][_count % ChunkEntries] = new Entry(id, place);
        slots[slot] = ++_count;
        if (++_used[part] * 5L > slots.Length * 4L)
        {
            _slots[part] = Grow(slots);
        }
    }

    /// <summary>Finds what a hash stands for.</summary>
    public bool TryFind(HashId id, out BlobPlace place)
    {
        place = default;
        if (_slots[id.FirstByte] is not int[] slots || slots[SlotOf(slots, id)] is not (> 0 and int number))
        {
            return false;
        }

        place = EntryOf(number).Place;
        return true;
    }

    private int[] Grow(int[] slots)
    {
        int[] grown = new int[slots.Length * 2];
        foreach (int number in slots)
        {
            if (number != 0)
            {
                grown[SlotOf(grown, EntryOf(number).Id)] = number;
            }
        }

        return grown;
    }

    // Where its number stands, or would: slots are taken in turn, and a fifth of them at least is free.
    private int SlotOf(int[] slots, HashId id)
    {
        int mask = slots.Length - 1;
        int slot = (id.GetHashCode() >> 8) & mask;
        while (slots[slot] != 0 && EntryOf(slots[slot]).Id != id)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private ref readonly Entry EntryOf(int number) => ref _chunks[(number - 1) / ChunkEntries][(number - 1) % ChunkEntries];

    private readonly record struct Entry(HashId Id, BlobPlace Place);
}
