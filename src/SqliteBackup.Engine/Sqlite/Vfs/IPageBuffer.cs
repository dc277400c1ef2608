namespace SqliteBackup.Sqlite.Vfs;

/// <summary>What stands between SQLite and a file that it writes from beginning to end, or reads so. Answers are SQLite's result codes.</summary>
internal unsafe interface IPageBuffer : IDisposable
{
    /// <summary>Reads bytes at an offset.</summary>
    int Read(byte* bytes, int length, long offset);

    /// <summary>Takes bytes to write at an offset. They are in the file after <see cref="Drain"/>.</summary>
    int Write(byte* bytes, int length, long offset);

    /// <summary>Waits until nothing is on its way to or from the file: whatever else is done with it comes after this.</summary>
    int Drain();

    /// <summary>The system's number of the error that was answered last, or 0 where the system can be asked itself.</summary>
    int SystemError { get; }
}

/// <summary>
/// Reads a piece of a file, or writes one, and answers SQLite's result code. Never two reads at once or two writes; a read may run beside a
/// write of another part, which pread and pwrite, and reads and writes at offsets on Windows, allow.
/// </summary>
internal unsafe delegate int MovePiece(byte* bytes, int length, long offset);
