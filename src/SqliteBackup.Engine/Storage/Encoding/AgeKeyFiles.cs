using System.Globalization;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage.Encoding;

/// <summary>Files of identities and of recipients, as age and age-keygen have them: one a line, '#' begins a comment.</summary>
public static class AgeKeyFiles
{
    private const long MaxBytes = 1 << 20;

    /// <summary>Reads the secret keys of a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>The identities, at least one.</returns>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.FileNotFound"/>, <see cref="BackupFailure.SourceOpenFailed"/>, or <see cref="BackupFailure.InvalidOption"/>: a
    /// line is no secret key, or there is none.
    /// </exception>
    public static IReadOnlyList<AgeIdentity> ReadIdentities(string path)
    {
        IReadOnlyList<(int Number, string Text)> lines = Lines(path);
        if (lines is [(_, AgeHeader.Version or "-----BEGIN AGE ENCRYPTED FILE-----"), ..])
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, path, $"'{path}' is itself encrypted. Decrypt it first: age --decrypt '{path}' > key.txt.");
        }

        return NotEmpty(path, "secret key", [.. lines.Select(line => AgeIdentity.Parse(line.Text, $"{path}:{line.Number}"))]);
    }

    /// <summary>Reads the public keys of a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>The recipients, at least one.</returns>
    /// <exception cref="SqliteBackupException">See <see cref="ReadIdentities"/>.</exception>
    public static IReadOnlyList<AgeRecipient> ReadRecipients(string path) =>
        NotEmpty(path, "recipient", [.. Lines(path).Select(line => AgeRecipient.Parse(line.Text))]);

    /// <summary>Writes a secret key into a new file that is its owner's alone, with its recipient in a comment.</summary>
    /// <param name="path">The full path of the file, which must not exist. Its folder must.</param>
    /// <param name="identity">The identity.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.DestinationExists"/>: a key that is overwritten takes every backup made for it with it.
    /// <see cref="BackupFailure.DestinationOpenFailed"/>, <see cref="BackupFailure.DestinationFull"/>.
    /// </exception>
    public static void WriteNewIdentity(string path, AgeIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (Path.Exists(path))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationExists, path, $"'{path}' exists. A secret key is never overwritten: without it, no backup made for it can be read. Choose another name.");
        }

        string created = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string text = $"# created: {created}\n# public key: {identity.Recipient}\n{identity.ToSecretText()}\n";
        FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
        {
            using FileStream file = OwnerOnlyFile.Create(path, FileShare.None);
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            FileFlush.File(file.SafeFileHandle, path);
            FileFlush.Folder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return true;
        });
    }

    private static List<(int Number, string Text)> Lines(string path)
    {
        if (!File.Exists(path))
        {
            throw new SqliteBackupException(BackupFailure.FileNotFound, path, $"There is no file '{path}'.");
        }

        return FileErrors.Guard(path, BackupFailure.SourceOpenFailed, () =>
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new SqliteBackupException(BackupFailure.InvalidOption, path, $"'{path}' is too long for a file of keys.");
            }

            return File.ReadLines(path)
                .Select((text, index) => (Number: index + 1, Text: text.Trim()))
                .Where(line => line.Text.Length > 0 && !line.Text.StartsWith('#'))
                .ToList();
        });
    }

    private static T[] NotEmpty<T>(string path, string what, T[] items) =>
        items.Length > 0
            ? items
            : throw new SqliteBackupException(BackupFailure.InvalidOption, path, $"'{path}' has no {what} in it.");
}
