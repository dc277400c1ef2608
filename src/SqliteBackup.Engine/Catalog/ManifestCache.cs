using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>
/// Manifests of stores off this machine, kept between runs: a list of ten thousand backups then asks for those alone that are new. It can be
/// removed at any time.
/// </summary>
internal sealed class ManifestCache
{
    // Of two that were written in one tick of a store's clock, which need not be ours either, only the later one counts.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(10);

    private readonly string? _folder = CacheFolder.TryMake("manifests");

    /// <summary>The bytes of a manifest that a listing told of, or null.</summary>
    public byte[]? Find(string location, StoredFile file)
    {
        try
        {
            return _folder is not null && PathOf(location, file) is string path && File.Exists(path) ? RegularFile.ReadAllBytes(path, ManifestFile.MaxBytes) : null;
        }
        catch (Exception exception) when (exception is SqliteBackupException || FileErrors.IsFileError(exception))
        {
            return null;
        }
    }

    /// <summary>Keeps the bytes of a manifest.</summary>
    public void Keep(string location, StoredFile file, byte[] bytes)
    {
        if (_folder is null || file.ModifiedAt > DateTime.UtcNow - Settled || file.Bytes != bytes.Length)
        {
            return;
        }

        string path = PathOf(location, file);
        string unfinished = $"{path}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        try
        {
            using (FileStream stream = OwnerOnlyFile.Create(unfinished, FileShare.None))
            {
                stream.Write(bytes);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            // The store has it.
            FileErrors.TryDelete(unfinished);
        }
    }

    private string PathOf(string location, StoredFile file)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{location}{file.Name}\n{file.Bytes}\n{file.ModifiedAt:O}");
        return Path.Combine(_folder!, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))).ToLowerInvariant());
    }
}
