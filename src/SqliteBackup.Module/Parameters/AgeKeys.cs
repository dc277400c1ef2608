using System.Net;
using System.Security;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Parameters;

/// <summary>Whom backups are encrypted to, and who reads them, of what a user wrote.</summary>
internal static class AgeKeys
{
    /// <summary>The environment's name for the files of identities.</summary>
    public const string IdentityVariable = "SQLITEBACKUP_IDENTITY_FILE";

    private static readonly char[] Separators = [',', ';', ' ', '\t', '\n', '\r'];

    /// <summary>Whom to encrypt to; empty for nobody.</summary>
    /// <param name="texts">Public keys, several in one text of a CSV, or files of them.</param>
    /// <param name="passphrase">A passphrase instead, or null.</param>
    /// <param name="resolver">Resolves the files' paths.</param>
    /// <exception cref="SqliteBackupException">One is none, or there are keys and a passphrase.</exception>
    public static IReadOnlyList<AgeRecipient> Recipients(IEnumerable<string> texts, SecureString? passphrase, PathResolver resolver)
    {
        AgeRecipient[] keys = [.. texts.Where(text => !string.IsNullOrWhiteSpace(text)).SelectMany(text => Read(text.Trim(), resolver)).DistinctBy(key => $"{key}")];
        if (passphrase is null)
        {
            return keys;
        }

        return keys.Length == 0
            ? [AgeRecipient.FromPassphrase(TextOf(passphrase))]
            : throw new SqliteBackupException(
                BackupFailure.InvalidOption, $"{keys[0]}", "A backup is encrypted with a passphrase or to recipients: age has no file for both. Leave out -Passphrase or -Recipient.");
    }

    /// <summary>Who reads encrypted backups; empty for nobody.</summary>
    /// <param name="files">Files of secret keys. Where there are none, those of the environment.</param>
    /// <param name="passphrase">A passphrase, or null.</param>
    /// <param name="resolver">Resolves the files' paths.</param>
    /// <exception cref="SqliteBackupException">A file is missing, or has no secret keys.</exception>
    public static IReadOnlyList<AgeIdentity> Identities(IReadOnlyCollection<string> files, SecureString? passphrase, PathResolver resolver)
    {
        string? fallback = Environment.GetEnvironmentVariable(IdentityVariable);
        IEnumerable<string> named = files.Count == 0 && passphrase is null && !string.IsNullOrWhiteSpace(fallback) ? [fallback] : files;
        IEnumerable<AgeIdentity> keys = named.SelectMany(file => AgeKeyFiles.ReadIdentities(Path.GetFullPath(resolver.ResolveDestination(file))));
        return [.. keys, .. passphrase is null ? [] : (AgeIdentity[])[AgeIdentity.FromPassphrase(TextOf(passphrase))]];
    }

    private static IEnumerable<AgeRecipient> Read(string text, PathResolver resolver) =>
        LooksLikeKey(text)
            ? text.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(AgeRecipient.Parse)
            : AgeKeyFiles.ReadRecipients(Path.GetFullPath(resolver.ResolveDestination(text)));

    // A secret key or an SSH key by mistake is told from a file, too.
    private static bool LooksLikeKey(string text) =>
        text.StartsWith("age1", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("age-secret-key-", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("ssh-", StringComparison.OrdinalIgnoreCase);

    private static string TextOf(SecureString secret) =>
        secret.Length > 0
            ? new NetworkCredential("", secret).Password
            : throw new SqliteBackupException(BackupFailure.InvalidOption, "Passphrase", "-Passphrase is empty. Give one, or leave it out.");
}
