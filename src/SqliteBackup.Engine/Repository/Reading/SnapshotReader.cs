using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Catalog;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Reading;

/// <summary>Gets the files of our snapshots back.</summary>
internal sealed class SnapshotReader(RepositoryFiles files, BlobReader blobs)
{
    // A manifest has about a kilobyte.
    private const long MaxManifestBytes = 1 << 20;

    /// <summary>The files that stand in a snapshot's tree.</summary>
    public List<TreeFile> Files(HashId tree, CancellationToken cancellationToken) => ReadTree(tree, static json => Tree.ReadFiles(json), cancellationToken);

    /// <summary>Whether the database's file in a snapshot has this content.</summary>
    public bool HasDatabase(RepositorySnapshot snapshot, HashId[] content, CancellationToken cancellationToken) =>
        ReadTree(snapshot.File.Tree, json => Tree.HasFile(json, snapshot.FileName, content), cancellationToken);

    private T ReadTree<T>(HashId tree, BlobReader.Parser<T> parse, CancellationToken cancellationToken)
    {
        try
        {
            return blobs.Read(BlobKind.Tree, tree, parse, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw RepositoryErrors.Damaged(files.Location, $"tree {tree}", "it is no list of files", exception);
        }
    }

    /// <summary>The database's file in a snapshot.</summary>
    public TreeFile Database(RepositorySnapshot snapshot, CancellationToken cancellationToken) =>
        Files(snapshot.File.Tree, cancellationToken).Find(file => file.Name == snapshot.FileName)
            ?? throw RepositoryErrors.Damaged(files.Location, RepositoryFileKind.Snapshot.NameOf(snapshot.HashId), $"there is no '{snapshot.FileName}' in it");

    /// <summary>Reads a file's content, compares each extent with its hash and writes it into a local file, each byte at its place; null for none.</summary>
    public void Restore(TreeFile file, SafeFileHandle? target, Action<int>? advancing, CancellationToken cancellationToken)
    {
        var wanted = new WantedBlob[file.Content.Length];
        long[] offsets = new long[file.Content.Length];
        long offset = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = new WantedBlob(file.Content[i], blobs.Find(BlobKind.Data, file.Content[i]), i);
            offsets[i] = offset;
            offset += wanted[i].Place.ContentLength;
        }

        if (offset != file.Bytes)
        {
            throw RepositoryErrors.Damaged(files.Location, file.Name, $"its extents have {offset} bytes together, and it {file.Bytes}");
        }

        blobs.ReadMany(
            wanted,
            new BlobReader.Reading((in WantedBlob blob, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> _) =>
            {
                advancing?.Invoke(plain.Length);
                if (target is not null)
                {
                    RandomAccess.Write(target, plain, offsets[blob.Tag]);
                }
            }),
            cancellationToken);
    }

    /// <summary>The manifest beside the database in a snapshot, or null where there is none that can be read.</summary>
    public BackupManifest? Manifest(RepositorySnapshot snapshot, CancellationToken cancellationToken)
    {
        string name = snapshot.FileName + BackupManifest.FileSuffix;
        if (Files(snapshot.File.Tree, cancellationToken).Find(file => file.Name == name) is not { Bytes: <= MaxManifestBytes } file)
        {
            return null;
        }

        using var json = new MemoryStream();
        foreach (HashId blob in file.Content)
        {
            json.Write(blobs.Read(BlobKind.Data, blob, cancellationToken));
        }

        return ManifestFile.Parse(json.ToArray()).Manifest;
    }
}
