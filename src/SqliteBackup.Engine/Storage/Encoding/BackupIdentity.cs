namespace SqliteBackup.Storage.Encoding;

/// <summary>A key pair for encrypted backups: where the secret key stands, and the public one. As text it is the public key.</summary>
/// <param name="Path">The full path of the file with the secret key.</param>
/// <param name="Recipient">The public key: <c>age1...</c>.</param>
public sealed record BackupIdentity(string Path, string Recipient)
{
    /// <inheritdoc/>
    public override string ToString() => Recipient;
}
