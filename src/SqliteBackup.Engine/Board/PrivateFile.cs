using System.Security.Cryptography;
using SqliteBackup.Engine.Files;

namespace SqliteBackup.Engine.Board;

/// <summary>Small files that only their owner reads, each replaced as a whole or not at all.</summary>
internal static class PrivateFile
{
    // No file of the board comes near it; a larger one is not ours.
    private const int MostBytes = 1 << 18;

    public static bool IsFileError(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>Writes a file under another name and renames it: a reader finds the old content or the new.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = $"{path}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}{BoardNames.UnfinishedSuffix}";
        try
        {
            using (FileStream file = OwnerOnlyFile.Create(unfinished, FileShare.None))
            {
                file.Write(content);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }
    }

    /// <summary>Reads a file, or answers null where there is none.</summary>
    /// <exception cref="IOException">It can't be read, or is too large to be ours.</exception>
    public static byte[]? Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > MostBytes)
            {
                throw new IOException($"'{path}' is too large.");
            }

            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
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
