using SqliteBackup.Storage;

namespace SqliteBackup.Repository.Files;

/// <summary>Small files of a store, read whole.</summary>
internal static class StoreReader
{
    public static byte[] ReadAll(IBackupStore store, string name, CancellationToken cancellationToken)
    {
        using Stream stream = store.OpenRead(name, 0, null, cancellationToken);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
