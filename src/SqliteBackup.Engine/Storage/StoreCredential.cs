namespace SqliteBackup.Storage;

/// <summary>A name and a secret: access key and secret key, user and password or passphrase, account and key or signature. It never shows the secret.</summary>
/// <param name="userName">The name; may be empty.</param>
/// <param name="secret">The secret.</param>
public sealed class StoreCredential(string userName, string secret)
{
    /// <summary>The name.</summary>
    public string UserName { get; } = userName;

    /// <summary>The secret.</summary>
    public string Secret { get; } = secret;

    /// <summary>The name alone.</summary>
    public override string ToString() => UserName;
}
