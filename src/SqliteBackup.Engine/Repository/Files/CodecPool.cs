using System.Collections.Concurrent;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Repository.Files;

/// <summary>Codecs of one repository, one for each thread that works at the same time.</summary>
internal sealed class CodecPool(MasterKey key, int compressionLevel) : IDisposable
{
    private readonly ConcurrentBag<BlobCodec> _free = [];

    public MasterKey Key => key;

    /// <summary>One that nobody else uses until it is disposed of.</summary>
    public Rented Rent() => new(this, _free.TryTake(out BlobCodec? codec) ? codec : new BlobCodec(key, compressionLevel));

    public void Dispose()
    {
        while (_free.TryTake(out BlobCodec? codec))
        {
            codec.Dispose();
        }
    }

    internal readonly struct Rented(CodecPool pool, BlobCodec codec) : IDisposable
    {
        public BlobCodec Codec => codec;

        public void Dispose()
        {
            codec.Trim();
            pool._free.Add(codec);
        }
    }
}
