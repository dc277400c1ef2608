namespace SqliteBackup.Benchmarks;

/// <summary>Where the files of a case lie.</summary>
internal static class Places
{
    private const string Memory = "/dev/shm";

    /// <summary>A new folder: on disk beside the project's build output, or in memory where the system has a place for that.</summary>
    public static string Make(bool onDisk)
    {
        string parent = !onDisk && Directory.Exists(Memory) ? Memory : AppContext.BaseDirectory;
        return Directory.CreateDirectory(Path.Combine(parent, $"sqlitebackup-bench-{Guid.NewGuid():N}")).FullName;
    }

    public static void Remove(string? folder)
    {
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
