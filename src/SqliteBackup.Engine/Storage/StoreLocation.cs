namespace SqliteBackup.Storage;

/// <summary>
/// Where backups stand, as users write it: a path, <c>s3://bucket/prefix/</c>, <c>sftp://user@host:port/path/</c>,
/// <c>azblob://account/container/prefix/</c> or <c>rclone:remote:path/</c>, and <c>restic:</c> before any of these for a repository. What it
/// says is taken as it stands: nothing in it is percent-encoded, and no secret is part of it.
/// </summary>
/// <param name="Scheme">The kind of store.</param>
/// <param name="IsRepository">Whether it names a repository in the store.</param>
/// <param name="Root">What holds the names: bucket, host, <c>account/container</c>, or rclone's remote with its colon; empty for a path.</param>
/// <param name="Path">
/// What follows the root. In S3, Azure Blob and rclone it begins with no '/'; on SSH servers it does, and <c>/~/</c> begins one in the
/// user's home. For <see cref="StoreScheme.Local"/> it is the path as it was written.
/// </param>
/// <param name="UserName">Who logs in to an SSH server, or null.</param>
/// <param name="Port">The port of an SSH server, or null for 22.</param>
public sealed record StoreLocation(
    StoreScheme Scheme, bool IsRepository, string Root, string Path, string? UserName = null, int? Port = null)
{
    /// <summary>Whether it is off this machine's file system.</summary>
    public bool IsRemote => Scheme != StoreScheme.Local;

    /// <summary>Whether it names a folder: it ends in a separator, or right after its root. A local folder may stand there without either.</summary>
    public bool IsFolder => Name.Length == 0;

    /// <summary>What follows the last separator: a file's name or a pattern; empty for a folder.</summary>
    public string Name => Path[(SeparatorIndex + 1)..];

    /// <summary>The location without what follows its last separator.</summary>
    public StoreLocation Folder => this with { Path = Path[..(SeparatorIndex + 1)] };

    private int SeparatorIndex => OperatingSystem.IsWindows() && !IsRemote ? Path.LastIndexOfAny(['/', '\\']) : Path.LastIndexOf('/');

    /// <summary>Whether a text is a location rather than a plain path: it begins with a scheme or with <c>restic:</c>.</summary>
    public static bool NamesScheme(string text) => StoreLocationReader.SchemeOf(text).Length > 0;

    /// <summary>Reads a location.</summary>
    /// <param name="text">The text. One without a scheme is a path.</param>
    /// <returns>The location.</returns>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.InvalidOption"/>: an unknown scheme, a part that is missing, or a secret in it. The message does not show
    /// the secret.
    /// </exception>
    public static StoreLocation Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return StoreLocationReader.Read(text);
    }

    /// <summary>The location of a file or folder below this one.</summary>
    /// <param name="name">Its name, relative to this folder, its parts divided by '/'.</param>
    public StoreLocation Combine(string name) => this with { Path = (IsFolder ? Path : Path + "/") + name };

    /// <summary>The location as users write it.</summary>
    public override string ToString() => (IsRepository ? "restic:" : "") + Scheme switch
    {
        StoreScheme.S3 => $"s3://{Root}/{Path}",
        StoreScheme.Sftp => $"sftp://{(UserName is null ? "" : UserName + "@")}{Root}{(Port is null ? "" : $":{Port}")}{Path}",
        StoreScheme.AzureBlob => $"azblob://{Root}/{Path}",
        StoreScheme.Rclone => $"rclone:{Root}{Path}",
        _ => Path,
    };
}
