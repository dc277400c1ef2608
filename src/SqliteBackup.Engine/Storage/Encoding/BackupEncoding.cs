namespace SqliteBackup.Storage.Encoding;

/// <summary>How a backup is stored: compressed or not, and then encrypted or not.</summary>
/// <param name="Compression">The format.</param>
/// <param name="Level">How hard to compress, or null for the format's default.</param>
/// <param name="Recipients">Whom it is encrypted to; empty where it is not encrypted.</param>
internal sealed record BackupEncoding(BackupCompression Compression, int? Level, IReadOnlyList<AgeRecipient> Recipients)
{
    /// <summary>Whether it is encrypted.</summary>
    public bool IsEncrypted => Recipients.Count > 0;

    /// <summary>Whether the database is stored as it is.</summary>
    public bool IsPlain => !IsEncrypted && Compression == BackupCompression.None;
}
