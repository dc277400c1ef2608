using System.Text;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Sql;

/// <summary>
/// SQL text that comes piece by piece, for <see cref="SqlImport"/>. It is kept in a private file beside the database to be, as no memory holds
/// the text of a large one, and goes away with this object. Not safe for use by several threads.
/// </summary>
public sealed class PipedSql : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly StagedFile _file;
    private readonly BufferedStream _text;

    /// <summary>Begins a text.</summary>
    /// <param name="destination">The full path of the database that the text is for. Its folder is made where it is missing.</param>
    /// <exception cref="SqliteBackupException">The folder can't be made or written.</exception>
    public PipedSql(string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        StagingName.SweepAbandoned(Path.GetDirectoryName(destination)!);
        _file = StagedFile.Create(destination + ".sql");
        _text = new BufferedStream(_file.OpenStream(), 1 << 16);
    }

    /// <summary>Appends a piece, a statement or a line, and a line end.</summary>
    /// <param name="piece">The piece.</param>
    /// <exception cref="SqliteBackupException">It can't be kept, or is no Unicode text.</exception>
    public void Append(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        byte[] bytes;
        try
        {
            bytes = Strict.GetBytes(piece);
        }
        catch (EncoderFallbackException exception)
        {
            throw new SqliteBackupException(
                BackupFailure.RestoreFailed, _file.Path, "The text from the pipeline has half of a character, which nothing can store. Import it from a file.", innerException: exception);
        }

        FileErrors.Guard(_file.Path, BackupFailure.DestinationOpenFailed, () =>
        {
            _text.Write(bytes);
            _text.WriteByte((byte)'\n');
            return true;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not the buffer: what it still holds would go to a file that is gone.
        _file.Dispose();
    }

    /// <summary>The text from its beginning. Nothing is appended from now on.</summary>
    internal Stream Open() => FileErrors.Guard(_file.Path, BackupFailure.DestinationOpenFailed, () =>
    {
        _text.Flush();
        return _file.OpenStream();
    });
}
