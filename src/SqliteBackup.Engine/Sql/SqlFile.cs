using System.Text;
using SqliteBackup.Platform;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Sql;

/// <summary>SQL text in a file: plain or compressed, in UTF-8 or in UTF-16 that says so with its mark, as Windows PowerShell's <c>&gt;</c> writes it.</summary>
internal sealed class SqlFile : IDisposable
{
    private const int BeginningBytes = 16;

    // Beyond this and that many times its own size a compressed file is out of all proportion: text of a database has a tenth of that.
    private const long LeastStatementBytes = 32 << 20;
    private const long MaxProportion = 64;

    private readonly Stream _file;
    private readonly bool _isCompressed;

    private SqlFile(Stream file, Stream text, bool isCompressed)
    {
        _file = file;
        Text = text;
        _isCompressed = isCompressed;
    }

    /// <summary>The text as UTF-8.</summary>
    public Stream Text { get; }

    /// <summary>Bytes of the file read so far.</summary>
    public long Position => _file.Position;

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>The longest statement that it may hold, all of which has to be kept in memory.</summary>
    /// <param name="sqliteTakes">The longest that SQLite takes.</param>
    public int MaxStatementBytes(int sqliteTakes) =>
        _isCompressed ? (int)Math.Min(sqliteTakes, LeastStatementBytes + (MaxProportion * Length)) : sqliteTakes;

    /// <summary>Opens a file.</summary>
    /// <exception cref="SqliteBackupException">It can't be opened, or is no SQL text.</exception>
    public static SqlFile Open(string path)
    {
        FileStream file = FileErrors.Guard(path, BackupFailure.SourceOpenFailed, () => RegularFile.OpenRead(path));
        try
        {
            byte[] beginning = new byte[BeginningBytes];
            int length = file.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
            file.Position = 0;
            BackupCompression compression = Codec.Recognize(beginning.AsSpan(0, length));
            return new SqlFile(file, Decode(path, Codec.Decompress(file, compression)), compression != BackupCompression.None);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes text that is no file's.</summary>
    /// <exception cref="SqliteBackupException">It is no SQL text.</exception>
    public static SqlFile Of(PipedSql text, string name)
    {
        Stream stream = text.Open();
        return new SqlFile(stream, Decode(name, stream), isCompressed: false);
    }

    public void Dispose()
    {
        Text.Dispose();
        _file.Dispose();
    }

    private static Stream Decode(string path, Stream content)
    {
        byte[] beginning = new byte[BeginningBytes];
        int length = content.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = beginning.AsSpan(0, length);
        if (ForeignText.OfBeginning(start) is string foreign)
        {
            throw Failed(path, foreign);
        }

        var whole = new PrefixedStream(beginning.AsMemory(0, length), content);
        return start switch
        {
            [0xFF, 0xFE, ..] => Transcode(whole, bigEndian: false),
            [0xFE, 0xFF, ..] => Transcode(whole, bigEndian: true),
            _ => whole,
        };
    }

    private static Stream Transcode(Stream utf16, bool bigEndian) => Encoding.CreateTranscodingStream(
        utf16,
        new UnicodeEncoding(bigEndian, byteOrderMark: true, throwOnInvalidBytes: true),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));

    private static SqliteBackupException Failed(string path, string what) => new(BackupFailure.RestoreFailed, path, $"'{path}' {what}");
}
