namespace SqliteBackup.Platform;

/// <summary>New files that nobody but their owner can open, not even in the instant after their creation.</summary>
internal static class OwnerOnlyFile
{
    /// <summary>Creates a file that does not exist, for reading and writing.</summary>
    /// <param name="path">Its path. A link there is neither followed nor replaced.</param>
    /// <param name="share">What others may do while it is open.</param>
    /// <exception cref="IOException">There is something of that name, or it can't be created.</exception>
    public static FileStream Create(string path, FileShare share)
    {
        return OperatingSystem.IsWindows()
            ? WindowsRights.Create(path, share)
            : new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    Share = share,
                    BufferSize = 0,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
    }
}
