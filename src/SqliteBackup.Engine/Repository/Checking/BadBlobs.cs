using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Pruning;

namespace SqliteBackup.Repository.Checking;

/// <summary>Blobs that can't be read where they should be. Safe to use from several threads.</summary>
internal sealed class BadBlobs
{
    private readonly BlobSet _blobs = new();

    public void Add(IEnumerable<PackedBlob> blobs)
    {
        lock (_blobs)
        {
            foreach (PackedBlob blob in blobs)
            {
                _blobs.Add(blob.Kind, blob.Id);
            }
        }
    }

    public bool Contains(BlobKind kind, HashId id)
    {
        lock (_blobs)
        {
            return _blobs.Contains(kind, id);
        }
    }
}
