namespace SqliteBackup.Storage.Encoding;

/// <summary>Finds an age file's key with the identities at hand.</summary>
internal static class AgeKeySearch
{
    /// <summary>The file's key.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="identities">Who reads it.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.IdentityMissing"/> or <see cref="BackupFailure.PasswordWrong"/>: nobody of them can.
    /// </exception>
    /// <exception cref="InvalidDataException">The header is damaged.</exception>
    public static byte[] Find(AgeHeader header, IReadOnlyCollection<AgeIdentity> identities, string path)
    {
        bool passphrase = header.Stanzas.Any(stanza => stanza.Type == AgeScrypt.StanzaType);
        if (passphrase && header.Stanzas.Count > 1)
        {
            throw new InvalidDataException("its header has other recipients beside a passphrase");
        }

        foreach (AgeStanza stanza in header.Stanzas)
        {
            foreach (AgeIdentity identity in identities.Where(identity => identity.StanzaType == stanza.Type))
            {
                if (identity.Unwrap(stanza) is byte[] fileKey)
                {
                    return fileKey;
                }
            }
        }

        throw passphrase ? PassphraseNeeded(identities, path) : IdentityNeeded(header, identities, path);
    }

    private static SqliteBackupException PassphraseNeeded(IReadOnlyCollection<AgeIdentity> identities, string path) =>
        identities.Any(identity => identity.StanzaType == AgeScrypt.StanzaType)
            ? new SqliteBackupException(
                BackupFailure.PasswordWrong, path, $"'{path}' is encrypted with a passphrase, and the one that was given is another.")
            : new SqliteBackupException(
                BackupFailure.IdentityMissing, path, $"'{path}' is encrypted with a passphrase, and none was given.");

    private static SqliteBackupException IdentityNeeded(AgeHeader header, IReadOnlyCollection<AgeIdentity> identities, string path)
    {
        string recipients = header.Stanzas.Count == 1 ? "a recipient" : $"{header.Stanzas.Count} recipients";
        string given = identities.Count == 0 ? "no identity was given" : "none of the identities that were given opens it";
        return new SqliteBackupException(
            BackupFailure.IdentityMissing,
            path,
            $"'{path}' is encrypted to {recipients}, and {given}. Name the file that holds the secret key of one of them with -IdentityFile.");
    }
}
