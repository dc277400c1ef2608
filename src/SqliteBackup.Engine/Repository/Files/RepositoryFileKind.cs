namespace SqliteBackup.Repository.Files;

/// <summary>The files of a repository that are named by the SHA-256 of their bytes.</summary>
internal enum RepositoryFileKind
{
    /// <summary>A key, sealed by a password.</summary>
    Key,

    /// <summary>A lock.</summary>
    Lock,

    /// <summary>A snapshot.</summary>
    Snapshot,

    /// <summary>A part of the index.</summary>
    Index,

    /// <summary>A pack of blobs.</summary>
    Pack,
}

internal static class RepositoryFileKinds
{
    /// <summary>The folder of a kind, with its separator.</summary>
    public static string Folder(this RepositoryFileKind kind) => kind switch
    {
        RepositoryFileKind.Key => "keys/",
        RepositoryFileKind.Lock => "locks/",
        RepositoryFileKind.Snapshot => "snapshots/",
        RepositoryFileKind.Index => "index/",
        _ => "data/",
    };

    /// <summary>The name of a file in the store.</summary>
    public static string NameOf(this RepositoryFileKind kind, HashId id)
    {
        string name = id.ToString();
        return kind == RepositoryFileKind.Pack ? $"data/{name[..2]}/{name}" : kind.Folder() + name;
    }
}
