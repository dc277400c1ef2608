using SqliteBackup.Catalog;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository;

/// <summary>Brings a backup of a repository with its manifest into a private folder, each extent compared with its hash.</summary>
internal sealed class RepositoryDownload(RepositorySession session, string stagingFolder)
{
    private const string OtherwiseName = "database.db";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads it.</summary>
    /// <param name="snapshot">The backup.</param>
    /// <param name="backup">Its address.</param>
    /// <param name="betweenChunks">Told how many bytes came so far, and of how many, on the calling thread; it may throw.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    public FetchedBackup Run(RepositorySnapshot snapshot, string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken) =>
        StagingRoom.Guard(stagingFolder, backup, () => Fetch(snapshot, backup, betweenChunks, cancellationToken));

    private FetchedBackup Fetch(RepositorySnapshot snapshot, string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken)
    {
        BackupManifest? manifest = session.ReadManifest(snapshot, cancellationToken);
        StagingRoom.ThrowIfLess(stagingFolder, manifest?.Bytes ?? 0, backup);
        var work = WorkFolder.Create(stagingFolder);
        try
        {
            string path = Path.Combine(work.Path, LocalNameOf(snapshot.FileName));
            Write(snapshot, path, manifest?.Bytes ?? 0, betweenChunks, cancellationToken);
            if (manifest is not null)
            {
                ManifestFile.Write(path, manifest, OwnerOnly);
            }

            return new FetchedBackup(backup, path, work);
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    private void Write(RepositorySnapshot snapshot, string path, long total, Action<long, long> betweenChunks, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long done = 0;
        Task<long> restoring = Task.Run(
            () => FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
            {
                using FileStream file = OwnerOnlyFile.Create(path, FileShare.None);
                return session.Restore(snapshot, file.SafeFileHandle, bytes => Interlocked.Add(ref done, bytes), ended.Token);
            }),
            CancellationToken.None);
        try
        {
            // Several threads read; who asked hears of it on its own.
            while (!((IAsyncResult)restoring).AsyncWaitHandle.WaitOne(Interval))
            {
                long now = Interlocked.Read(ref done);
                betweenChunks(now, Math.Max(now, total));
            }
        }
        catch
        {
            ended.Cancel();
            ((IAsyncResult)restoring).AsyncWaitHandle.WaitOne();
            throw;
        }

        restoring.GetAwaiter().GetResult();
    }

    // Another system's names need not be ones of this.
    private static string LocalNameOf(string name) =>
        name is "" or "." or ".." ? OtherwiseName : string.Concat(name.Select(c => Path.GetInvalidFileNameChars().Contains(c) ? '_' : c));
}
