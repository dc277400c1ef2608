namespace SqliteBackup.Repository.Writing;

/// <summary>How large the extents of a database are. It is for ever: another size would store all of it anew.</summary>
internal static class ExtentSize
{
    /// <summary>Above this, in bytes, an extent is 64 KiB: the list of a database's extents costs 35 bytes for each.</summary>
    public const long LargeBytes = 20L << 30;

    private const int LargeExtentBytes = 64 << 10;

    /// <summary>Bytes in an extent: a page at least.</summary>
    /// <param name="bytes">The database's size.</param>
    /// <param name="pageSize">Its pages'.</param>
    /// <param name="parents">What its backup before has, or null.</param>
    /// <param name="largeBytes">Above which size a database without one is large.</param>
    public static int For(long bytes, int pageSize, int? parents, long largeBytes) =>
        Math.Max(pageSize, parents ?? (bytes > largeBytes ? LargeExtentBytes : RepositorySnapshot.DefaultExtentBytes));
}
