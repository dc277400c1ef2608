namespace SqliteBackup.Platform;

/// <summary>Reads a Unix <c>st_mode</c>: four bits of kind above twelve of rights, the same on Linux and macOS.</summary>
internal static class UnixMode
{
    private const int KindBits = 0xF000;
    private const int Rights = 0xFFF;

    public static FileKind KindOf(int mode) => (mode & KindBits) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Folder,
        0xA000 => FileKind.Link,
        _ => FileKind.Special,
    };

    public static UnixFileMode RightsOf(int mode) => (UnixFileMode)(mode & Rights);
}
