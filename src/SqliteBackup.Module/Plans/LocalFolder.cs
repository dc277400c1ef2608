using SqliteBackup.Output;
using SqliteBackup.Parameters;

namespace SqliteBackup.Plans;

/// <summary>Whether a folder of this machine can take backups.</summary>
internal static class LocalFolder
{
    /// <summary>What stands against it. A file is made in it, if it is there, and removed.</summary>
    public static IEnumerable<string> Problems(string folder, bool mustExist, long bytesNeeded)
    {
        if (File.Exists(folder))
        {
            return [$"'{folder}' is a file. A plan's destination is a folder."];
        }

        if (!Directory.Exists(folder) && mustExist)
        {
            return [BackupTarget.Missing(folder, "MustExist").Message];
        }

        string there = NearestThere(folder);
        return there.Length == 0
            ? [$"'{folder}' can't be reached: nothing of its path is there."]
            : new[] { Unwritable(there), Unroomy(there, bytesNeeded) }.OfType<string>();
    }

    private static string NearestThere(string folder)
    {
        string? there = folder;
        while (there is { Length: > 0 } && !Directory.Exists(there))
        {
            there = Path.GetDirectoryName(there);
        }

        return there ?? "";
    }

    private static string? Unwritable(string folder)
    {
        string probe = Path.Combine(folder, $".sqlitebackup-test.partial-{Guid.NewGuid():N}"[..46]);
        try
        {
            new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"Nothing can be written to '{folder}': {exception.Message} Check its rights, and that what it lies on is mounted for writing.";
        }
    }

    private static string? Unroomy(string folder, long bytes)
    {
        long free = new DriveInfo(folder).AvailableFreeSpace;
        return free < bytes
            ? $"'{folder}' has {Text.Size(free)} free, and a run may write {Text.Size(bytes)}. Free some space there, compress (Compress = 'Zstd'), or choose another place."
            : null;
    }
}
