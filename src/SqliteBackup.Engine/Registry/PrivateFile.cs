using System.Security.Cryptography;
using SqliteBackup.Platform;

namespace SqliteBackup.Registry;

/// <summary>Small files that only their owner reads, each replaced as a whole or not at all.</summary>
internal static class PrivateFile
{
    // No file of the registry comes near it; a larger one is not ours.
    private const int MaxBytes = 1 << 18;

    public static bool IsFileError(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>Writes a file under another name and renames it: a reader finds the old content or the new.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content) => Write(path, content, BriefRetry.Default);

    /// <summary>Writes a file under another name and renames it: a reader finds the old content or the new.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="retry">How often it is tried: Windows replaces no file that somebody reads at that moment.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, BriefRetry retry)
    {
        string unfinished = $"{path}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}{RegistryNames.UnfinishedSuffix}";
        try
        {
            using (FileStream file = OwnerOnlyFile.Create(unfinished, FileShare.None))
            {
                file.Write(content);
            }

            retry.Run(() => File.Move(unfinished, path, overwrite: true), IsFileError);
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }
    }

    /// <summary>Reads a file, or answers null where there is none.</summary>
    /// <exception cref="IOException">It can't be read, is not this user's, or is too large to be.</exception>
    public static byte[]? Read(string path)
    {
        try
        {
            return StateFolder.IsOwnFile(path) ? RegularFile.ReadAllBytes(path, MaxBytes)
                : FileStatus.OfEntry(path) is null ? null
                : throw new IOException($"'{path}' is no file that this user wrote.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file of this user's. What can't be removed now is found by the next session that looks.</summary>
    public static void TryDeleteOwn(string path)
    {
        if (StateFolder.IsOwnFile(path))
        {
            TryDelete(path);
        }
    }

    /// <summary>Removes a file. What can't be removed now is found by the next session that looks.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            // Gone with its folder, or another process has it open: whoever sweeps next tries again.
        }
    }
}
