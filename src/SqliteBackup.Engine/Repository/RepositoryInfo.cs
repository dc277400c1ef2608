namespace SqliteBackup.Repository;

/// <summary>A repository that was made. Its shape is part of the module's contract.</summary>
/// <param name="Repository">Its location, as the other cmdlets take it.</param>
/// <param name="Id">Its id: 64 hexadecimal digits.</param>
/// <param name="FormatVersion">The version of restic's format.</param>
/// <param name="KeyId">The id of its first key.</param>
public sealed record RepositoryInfo(string Repository, string Id, int FormatVersion, string KeyId);
