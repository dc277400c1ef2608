namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>A file that stands in for a database where only its bytes count.</summary>
internal static class RandomFile
{
    private const int PageSize = 4096;

    /// <summary>Gives a file a size, and a part of its pages new content.</summary>
    public static void Change(string path, int bytes, double changed, Random? random = null)
    {
        random ??= Random.Shared;
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        bool isNew = file.Length == 0;
        file.SetLength(bytes / PageSize * PageSize);
        byte[] page = new byte[PageSize];
        for (long offset = 0; offset < file.Length; offset += PageSize)
        {
            if (isNew || random.NextDouble() < changed)
            {
                // Half of it compresses.
                random.NextBytes(page.AsSpan(0, PageSize / 2));
                file.Position = offset;
                file.Write(page);
            }
        }
    }
}
