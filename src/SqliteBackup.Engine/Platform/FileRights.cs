namespace SqliteBackup.Platform;

/// <summary>Who may do what with a file: the twelve bits of rights, or on Windows the file's own list.</summary>
/// <param name="Mode">The bits; without meaning on Windows.</param>
/// <param name="List">The list as <see cref="WindowsRights"/> read it, or null on another system and where a new file keeps the owner's.</param>
internal readonly record struct FileRights(UnixFileMode Mode, byte[]? List = null)
{
    public static implicit operator FileRights(UnixFileMode mode) => new(mode);
}
