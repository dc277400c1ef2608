namespace SqliteBackup.Storage;

/// <summary>Which kind of store a location names.</summary>
public enum StoreScheme
{
    /// <summary>A folder of this machine, or one that is mounted on it.</summary>
    Local,

    /// <summary>A bucket of Amazon S3 or of a server that speaks its protocol: <c>s3://bucket/prefix/</c>.</summary>
    S3,

    /// <summary>A folder on an SSH server: <c>sftp://user@host/path/</c>.</summary>
    Sftp,

    /// <summary>A container of Azure Blob Storage: <c>azblob://account/container/prefix/</c>.</summary>
    AzureBlob,

    /// <summary>A remote of an installed rclone: <c>rclone:remote:path/</c>.</summary>
    Rclone,
}
