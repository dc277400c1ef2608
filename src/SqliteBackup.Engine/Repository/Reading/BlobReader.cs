using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Indexing;

namespace SqliteBackup.Repository.Reading;

/// <summary>A blob that is wanted from a pack.</summary>
/// <param name="Id">Its hash.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Tag">What the asker knows it by.</param>
internal readonly record struct WantedBlob(HashId Id, BlobPlace Place, int Tag);

/// <summary>Reads blobs and compares each with its hash.</summary>
internal sealed class BlobReader(RepositoryFiles files, BlobIndex index, int degree)
{
    // What lies between two wanted blobs is read along when it is less than another request costs.
    private const long MaxGap = 256 << 10;

    // Several threads share a large pack.
    private const long MaxSegment = 4 << 20;

    /// <summary>Gets a blob that was read.</summary>
    /// <param name="blob">Which.</param>
    /// <param name="plain">Its bytes.</param>
    /// <param name="stored">Its bytes as they are in the pack, sealed; empty where they were not asked for.</param>
    public delegate void Visitor(in WantedBlob blob, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> stored);

    /// <summary>Makes something of a blob's bytes.</summary>
    public delegate T Parser<out T>(ReadOnlySpan<byte> plain);

    /// <summary>Is told of a blob that can't be read. Where there is none, the first ends the reading.</summary>
    public delegate void DamageVisitor(in WantedBlob blob, SqliteBackupException damage);

    /// <summary>Where a blob is.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.StoreCorrupt"/>: no index knows it.</exception>
    public BlobPlace Find(BlobKind kind, HashId id) =>
        index.TryFind(kind, id, out BlobPlace place) ? place : throw RepositoryErrors.BlobMissing(files.Location, id);

    /// <summary>Reads one blob.</summary>
    public byte[] Read(BlobKind kind, HashId id, CancellationToken cancellationToken) => Read(kind, id, static plain => plain.ToArray(), cancellationToken);

    /// <summary>Reads what one blob says.</summary>
    public T Read<T>(BlobKind kind, HashId id, Parser<T> parse, CancellationToken cancellationToken)
    {
        T? found = default;
        ReadSegment(
            new[] { new WantedBlob(id, Find(kind, id), 0) },
            new Reading((in WantedBlob _, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> _) => found = parse(plain)),
            cancellationToken);
        return found!;
    }

    /// <summary>Reads many blobs, pack by pack and side by side. Blobs at one place that follow each other are read once.</summary>
    /// <param name="wanted">The blobs; sorted here.</param>
    /// <param name="reading">Who gets them, from several threads, in no particular order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void ReadMany(WantedBlob[] wanted, Reading reading, CancellationToken cancellationToken)
    {
        Array.Sort(wanted, static (a, b) => a.Place.Pack != b.Place.Pack ? a.Place.Pack.CompareTo(b.Place.Pack) : a.Place.Offset.CompareTo(b.Place.Offset));
        Parallelism.ForEach(Segments(wanted), degree, segment => ReadSegment(segment, reading, cancellationToken), cancellationToken);
    }

    private static IEnumerable<ArraySegment<WantedBlob>> Segments(WantedBlob[] wanted)
    {
        int start = 0;
        for (int i = 1; i <= wanted.Length; i++)
        {
            if (i == wanted.Length
                || wanted[i].Place.Pack != wanted[start].Place.Pack
                || wanted[i].Place.Offset - (long)wanted[i - 1].Place.Offset - wanted[i - 1].Place.Length > MaxGap
                || (wanted[i].Place.Offset != wanted[i - 1].Place.Offset && wanted[i].Place.Offset - (long)wanted[start].Place.Offset > MaxSegment))
            {
                yield return new ArraySegment<WantedBlob>(wanted, start, i - start);
                start = i;
            }
        }
    }

    private void ReadSegment(ArraySegment<WantedBlob> segment, Reading reading, CancellationToken cancellationToken)
    {
        if (segment.Count == 0)
        {
            return;
        }

        int done = 0;
        try
        {
            ReadSegment(segment, reading, ref done, cancellationToken);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt && reading.Damaged is not null)
        {
            // What follows may be sound: one by one, each by itself.
            WantedBlob damaged = segment[done];
            int next = done + 1;
            while (next < segment.Count && segment[next].Place.Offset == damaged.Place.Offset)
            {
                next++;
            }

            foreach (WantedBlob blob in segment[done..next])
            {
                reading.Damaged(in blob, exception);
            }

            ReadSegment(segment[next..], reading, cancellationToken);
        }
    }

    private void ReadSegment(ArraySegment<WantedBlob> segment, Reading reading, ref int done, CancellationToken cancellationToken)
    {
        BlobPlace first = segment[0].Place;
        BlobPlace last = segment[^1].Place;
        HashId pack = index.PackOf(first);
        using CodecPool.Rented rented = files.Codecs.Rent();
        using Stream stream = Open(pack, first.Offset, (long)last.Offset + last.Length - first.Offset, cancellationToken);
        byte[] buffer = [];
        byte[] stored = [];
        long position = first.Offset;
        ReadOnlySpan<byte> plain = default;
        for (done = 0; done < segment.Count; done++)
        {
            WantedBlob blob = segment[done];
            if (done == 0 || blob.Place.Offset != segment[done - 1].Place.Offset)
            {
                cancellationToken.ThrowIfCancellationRequested();
                buffer = buffer.Length >= blob.Place.Length ? buffer : new byte[Math.Max(blob.Place.Length, 128 << 10)];
                Skip(stream, blob.Place.Offset - position, buffer, pack);
                Span<byte> sealedBlob = buffer.AsSpan(0, checked((int)blob.Place.Length));
                ReadExactly(stream, sealedBlob, pack);
                position = (long)blob.Place.Offset + blob.Place.Length;
                stored = reading.WantsStored ? sealedBlob.ToArray() : [];
                if (!rented.Codec.TryDecode(sealedBlob, blob.Place.PlainLength, out plain) || HashId.Of(plain) != blob.Id)
                {
                    throw files.Damaged(RepositoryFileKind.Pack, pack, $"blob {blob.Id} in it is not what it was");
                }
            }

            reading.Visit(in blob, plain, stored);
        }
    }

    private Stream Open(HashId pack, long offset, long length, CancellationToken cancellationToken)
    {
        try
        {
            return files.OpenPack(pack, offset, length, cancellationToken);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.BackupNotFound)
        {
            throw files.Damaged(RepositoryFileKind.Pack, pack, "it is missing", exception);
        }
    }

    private void Skip(Stream stream, long count, byte[] buffer, HashId pack)
    {
        for (; count > 0; count -= Math.Min(count, buffer.Length))
        {
            ReadExactly(stream, buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)), pack);
        }
    }

    private void ReadExactly(Stream stream, Span<byte> buffer, HashId pack)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw files.Damaged(RepositoryFileKind.Pack, pack, "it is cut short");
        }
    }

    /// <summary>Who gets the blobs that are read.</summary>
    /// <param name="Visit">Gets each.</param>
    /// <param name="Damaged">Is told of what can't be read, or null.</param>
    /// <param name="WantsStored">Whether the bytes as they are in the pack are wanted, too.</param>
    internal sealed record Reading(Visitor Visit, DamageVisitor? Damaged = null, bool WantsStored = false);
}
