using System.Collections.Concurrent;
using System.Text.Json;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Snapshots;

/// <summary>The snapshots of a repository, everybody's.</summary>
/// <param name="All">Those that can be read.</param>
/// <param name="Damaged">Those that can't, and why.</param>
internal sealed record SnapshotList(IReadOnlyDictionary<HashId, SnapshotFile> All, IReadOnlyDictionary<HashId, SqliteBackupException> Damaged)
{
    // Many small files: what counts is how long a store takes to answer.
    private const int Degree = 8;

    public static SnapshotList Load(RepositoryFiles files, CancellationToken cancellationToken)
    {
        Dictionary<HashId, long> stored = files.List(RepositoryFileKind.Snapshot, cancellationToken);
        var all = new ConcurrentDictionary<HashId, SnapshotFile>();
        var damaged = new ConcurrentDictionary<HashId, SqliteBackupException>();
        Parallelism.ForEach(
            stored.Keys,
            Degree,
            id =>
            {
                try
                {
                    all[id] = Read(files, id, cancellationToken);
                }
                catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.BackupNotFound)
                {
                    // Removed since it was listed.
                }
                catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt)
                {
                    damaged[id] = exception;
                }
            },
            cancellationToken);
        files.TrimCache(RepositoryFileKind.Snapshot, stored);
        return new SnapshotList(all, damaged);
    }

    /// <summary>Ours among them, newest first.</summary>
    public List<RepositorySnapshot> Ours() =>
    [
        .. All.Where(item => RepositorySnapshot.IsOurs(item.Value))
            .Select(item => new RepositorySnapshot(item.Key, item.Value))
            .OrderByDescending(snapshot => snapshot.TakenAt)
            .ThenBy(snapshot => snapshot.HashId),
    ];

    public static RepositorySnapshot Write(RepositoryFiles files, SnapshotFile file, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(file, RepositoryJson.Plain.SnapshotFile);
        return new RepositorySnapshot(files.Save(RepositoryFileKind.Snapshot, json, cancellationToken).Id, file);
    }

    private static SnapshotFile Read(RepositoryFiles files, HashId id, CancellationToken cancellationToken)
    {
        try
        {
            return files.Load(
                RepositoryFileKind.Snapshot, id, static json => JsonSerializer.Deserialize(json, RepositoryJson.Plain.SnapshotFile), cancellationToken)
                ?? throw new JsonException("It is empty.");
        }
        catch (JsonException exception)
        {
            throw files.Damaged(RepositoryFileKind.Snapshot, id, "it is no snapshot", exception);
        }
    }
}
