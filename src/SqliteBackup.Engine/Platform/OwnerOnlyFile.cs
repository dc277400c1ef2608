namespace SqliteBackup.Platform;

/// <summary>New files that nobody but their owner can open, not even in the instant after their creation.</summary>
internal static class OwnerOnlyFile
{
    /// <summary>Creates a file that does not exist, for reading and writing. On Windows the folder's rights apply.</summary>
    /// <param name="path">Its path. A link there is neither followed nor replaced.</param>
    /// <param name="share">What others may do while it is open.</param>
    /// <exception cref="IOException">There is something of that name, or it can't be created.</exception>
    public static FileStream Create(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
