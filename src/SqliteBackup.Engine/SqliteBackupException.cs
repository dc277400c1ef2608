namespace SqliteBackup;

/// <summary>
/// The one exception that leaves the Engine, cancellation aside. Its message says what happened to which file and what to do.
/// </summary>
/// <remarks>Types of Microsoft.Data.Sqlite never leave: they live in a private load context, where no caller could catch them.</remarks>
public sealed class SqliteBackupException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="failure">Why it failed.</param>
    /// <param name="path">The full path of the file it is about.</param>
    /// <param name="message">What happened and what to do. Control characters, as a file's name may hold them, are replaced.</param>
    /// <param name="extendedErrorCode">SQLite's extended result code (https://sqlite.org/rescode.html), or 0 where SQLite was not involved.</param>
    /// <param name="innerException">The cause.</param>
    public SqliteBackupException(
        BackupFailure failure, string path, string message, int extendedErrorCode = 0, Exception? innerException = null)
        : base(VisibleText.Of(message), innerException)
    {
        Failure = failure;
        Path = path;
        SqliteExtendedErrorCode = extendedErrorCode;
    }

    /// <summary>Why it failed.</summary>
    public BackupFailure Failure { get; }

    /// <summary>Whether the file at <see cref="Path"/> is the new one in spite of the failure: only something after that failed.</summary>
    public bool FileStands { get; init; }

    /// <summary>The full path of the file it is about.</summary>
    public string Path { get; }

    /// <summary>SQLite's primary result code, 0 where SQLite was not involved.</summary>
    public int SqliteErrorCode => SqliteExtendedErrorCode & 0xFF;

    /// <summary>SQLite's extended result code (https://sqlite.org/rescode.html), 0 where SQLite was not involved.</summary>
    public int SqliteExtendedErrorCode { get; }
}
