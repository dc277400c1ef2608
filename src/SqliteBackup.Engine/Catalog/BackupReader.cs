using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;
using ZstdSharp;

namespace SqliteBackup.Catalog;

/// <summary>
/// Reads a backup, compressed or encrypted or not, and tells by its first bytes which. What it gives is held against the manifest where there is one,
/// and bounded by it, or else by the caller: a header's own word for the size is never trusted.
/// </summary>
internal sealed class BackupReader
{
    private readonly IReadOnlyCollection<AgeIdentity> _identities;

    private BackupReader(string path, ReadOnlySpan<byte> beginning, FileStatus? status, BackupManifest? manifest, IReadOnlyCollection<AgeIdentity> identities)
    {
        Path = path;
        Status = status;
        Manifest = manifest;
        IsEncrypted = AgeHeader.Begins(beginning);
        Compression = IsEncrypted ? manifest?.Compression ?? BackupDestinations.CompressionOf(path) : Codec.Recognize(beginning);
        _identities = identities;
    }

    /// <summary>The backup's full path.</summary>
    public string Path { get; }

    /// <summary>Whether it is encrypted with age, by its first bytes.</summary>
    public bool IsEncrypted { get; }

    /// <summary>How it is compressed, by its first bytes; for an encrypted one as its manifest or its name says, until it is decrypted.</summary>
    public BackupCompression Compression { get; private set; }

    /// <summary>Whether the file is something else than the database itself.</summary>
    public bool IsEncoded => IsEncrypted || Compression != BackupCompression.None;

    /// <summary>The manifest beside it, or null where none can be read.</summary>
    public BackupManifest? Manifest { get; }

    /// <summary>What the file was when it was opened.</summary>
    public FileStatus? Status { get; }

    /// <summary>SHA-256 of the file as it was read, or null where it was not read to its end.</summary>
    public string? Sha256 { get; private set; }

    /// <summary>Whether the file and its manifest are still those that were opened. Where not, what was read says nothing of either.</summary>
    public bool IsUnchanged => FileStatus.Of(Path) == Status && ManifestFile.Read(Path).Manifest?.Sha256 == Manifest?.Sha256;

    /// <summary>Looks at a backup.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="identities">Who reads it where it is encrypted.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.FileNotFound"/> or <see cref="BackupFailure.SourceOpenFailed"/>.</exception>
    public static BackupReader Open(string path, IReadOnlyCollection<AgeIdentity> identities)
    {
        if (!File.Exists(path))
        {
            throw new SqliteBackupException(
                BackupFailure.FileNotFound, path, $"There is no backup '{path}', or this user may not enter its folder. Check the path.");
        }

        FileStatus? status = FileStatus.Of(path);
        byte[] beginning = new byte[DatabaseHeader.Length];
        using (RawDatabaseFile file = RawDatabaseFile.Open(path))
        {
            _ = file.Read(0, beginning);
        }

        return new BackupReader(path, beginning, status, ManifestFile.Read(path).Manifest, identities);
    }

    /// <summary>Looks at a file that may be a compressed or encrypted backup.</summary>
    /// <returns>Its reader, or null where it is none.</returns>
    /// <exception cref="SqliteBackupException">It can't be opened.</exception>
    public static BackupReader? TryOpenEncoded(string path, IReadOnlyCollection<AgeIdentity> identities) =>
        FileStatus.Of(path) is { Size: > 0 } && File.Exists(path) && !Sidecars.IsOne(path) && Open(path, identities) is { IsEncoded: true } reader
            ? reader
            : null;

    /// <summary>The database in the backup, into a file in the making.</summary>
    /// <param name="target">Where to. A part of its folder's free space bounds what is written where no manifest does.</param>
    /// <param name="isForKeeps">Whether the file stays: it may take nearly all of that space, and one for a look only half.</param>
    /// <param name="betweenChunks">Told how many bytes were written so far; it may throw.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.ChecksumMismatch"/>: it is not what the manifest says. <see cref="BackupFailure.IntegrityCheckFailed"/>: it
    /// can't be decompressed. <see cref="BackupFailure.DestinationFull"/>: there is no room for it, which says nothing of the backup.
    /// <see cref="BackupFailure.IdentityMissing"/>, <see cref="BackupFailure.PasswordWrong"/>: nobody who was named can decrypt it, and its
    /// bytes are those of the manifest, where there is one.
    /// </exception>
    public void Extract(StagedFile target, bool isForKeeps, Action<long> betweenChunks)
    {
        // A file system that is full to its last byte stops others too. Without a manifest nobody vouches for what will come.
        string folder = System.IO.Path.GetDirectoryName(target.Path)!;
        long free = new DriveInfo(folder).AvailableFreeSpace;
        long room = isForKeeps || Manifest is not null ? free - (free / 20) : free / 2;
        if ((Manifest?.Bytes ?? BackupProbe.Look(Path)?.Bytes) is long bytes && bytes > room)
        {
            throw NoRoom($"holds {bytes:N0} bytes", folder, room, free, isForKeeps);
        }

        using Stream stream = target.OpenStream();
        try
        {
            CopyTo(stream, Manifest?.Bytes ?? room, betweenChunks);
        }
        catch (BoundExceededException)
        {
            throw NoRoom($"holds more than {room:N0} bytes", folder, room, free, isForKeeps);
        }
    }

    /// <summary>Reads the whole backup and throws unless it is what it should be. Nothing is written. Of an encrypted one the stored bytes are read.</summary>
    /// <param name="betweenChunks">Told how many bytes were read so far; it may throw.</param>
    /// <exception cref="SqliteBackupException">See <see cref="Extract"/>.</exception>
    public void Verify(Action<long> betweenChunks)
    {
        if (!IsEncrypted)
        {
            CopyTo(Stream.Null, Manifest?.Bytes ?? long.MaxValue, betweenChunks);
            return;
        }

        using var stored = new HashingStream(OpenFile());
        StreamCopy.Run(stored, Stream.Null, betweenChunks);
        Sha256 = stored.Sha256;
        ThrowIfChanged();
        Compare(stored.Sha256, content: null);
    }

    private void CopyTo(Stream target, long most, Action<long> betweenChunks)
    {
        // What is stored as it is needs one hash, not the same one twice.
        using var stored = new HashingStream(OpenFile(), IsEncoded ? long.MaxValue : most);
        HashingStream? content = null;
        try
        {
            try
            {
                content = IsEncoded ? new HashingStream(Decode(stored), most) : null;
                StreamCopy.Run(content ?? stored, target, betweenChunks);
            }
            finally
            {
                // What follows the end of the compressed data, or of what can be read of it, belongs to the file and to its hash.
                StreamCopy.Run(stored, Stream.Null, betweenChunks);
                Sha256 = stored.Sha256;
            }

            ThrowIfChanged();
            Compare(stored.Sha256, content?.Sha256 ?? stored.Sha256);
        }
        catch (SqliteBackupException exception) when (exception.Failure is BackupFailure.IdentityMissing or BackupFailure.PasswordWrong)
        {
            // A damaged header names nobody who is here either.
            ThrowIfChanged();
            Compare(stored.Sha256, content: null);
            throw;
        }
        catch (BoundExceededException) when (Manifest is not null)
        {
            ThrowIfChanged();
            throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch,
                Path,
                $"'{Path}' holds more than {most:N0} bytes, which is what its manifest says. It was not read further. Use another backup.");
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException)
        {
            ThrowIfChanged();
            throw new SqliteBackupException(
                Manifest is null ? BackupFailure.IntegrityCheckFailed : BackupFailure.ChecksumMismatch,
                Path,
                $"'{Path}' is damaged: it can't be {(IsEncrypted ? "decrypted" : "decompressed")} ({exception.Message}). Use another backup.",
                innerException: exception);
        }
        finally
        {
            content?.Dispose();
        }
    }

    private Stream Decode(Stream stored)
    {
        if (!IsEncrypted)
        {
            return Codec.Decompress(stored, Compression);
        }

        var decrypted = new AgeDecryptor(stored, _identities, Path);
        byte[] beginning = new byte[DatabaseHeader.Length];
        int length = decrypted.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        Compression = Codec.Recognize(beginning.AsSpan(0, length));
        return Codec.Decompress(new PrefixedStream(beginning.AsMemory(0, length), decrypted), Compression);
    }

    private SqliteBackupException NoRoom(string what, string folder, long room, long free, bool isForKeeps) =>
        new(
            BackupFailure.DestinationFull,
            Path,
            $"'{Path}' could not be unpacked: it {what}, and it may take {room:N0} of the {free:N0} that are free in '{folder}'. That says nothing of the backup itself. Free some space there{(isForKeeps ? "" : ", or choose another folder with -StagingPath")}.");

    private void ThrowIfChanged()
    {
        if (!IsUnchanged)
        {
            throw new SqliteBackupException(
                BackupFailure.SourceBusy, Path, $"'{Path}' or its manifest was replaced while it was read, so nothing can be said of either. Try again.");
        }
    }

    private Stream OpenFile() =>
        !IsEncoded
            ? new RawDatabaseStream(RawDatabaseFile.Open(Path), new FileInfo(Path).Length)
            : FileErrors.Guard(Path, BackupFailure.SourceOpenFailed, () => RegularFile.OpenRead(Path));

    // The manifest of an encrypted backup says nothing of what is in it.
    private void Compare(string stored, string? content)
    {
        if (Manifest is not null && (stored != Manifest.Sha256 || (content is not null && Manifest.ContentSha256 is string expected && content != expected)))
        {
            throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch,
                Path,
                $"'{Path}' is not what was written: its SHA-256 is {stored}, its manifest says {Manifest.Sha256}. Use another backup.");
        }
    }
}
