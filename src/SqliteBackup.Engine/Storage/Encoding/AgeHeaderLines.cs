namespace SqliteBackup.Storage.Encoding;

/// <summary>Reads the lines of an age header one by one, keeps their bytes, and stops at a bound.</summary>
internal sealed class AgeHeaderLines(Stream source, int maxBytes)
{
    private readonly List<byte> _read = [];

    /// <summary>All bytes so far, line ends included.</summary>
    public byte[] Read => [.. _read];

    /// <summary>The next line without its end.</summary>
    /// <param name="complaint">What to say where there is none.</param>
    /// <param name="maxLength">The most characters that it may have.</param>
    /// <exception cref="InvalidDataException">The file ends, the line is too long, or has other than printable ASCII characters.</exception>
    public string Next(string complaint, int maxLength = int.MaxValue)
    {
        int start = _read.Count;
        while (true)
        {
            int value = source.ReadByte();
            int length = _read.Count - start;
            if (value == '\n')
            {
                _read.Add((byte)value);
                return System.Text.Encoding.ASCII.GetString([.. _read.GetRange(start, length)]);
            }

            if (value is < ' ' or > '~' || length >= maxLength || _read.Count >= maxBytes)
            {
                throw new InvalidDataException(complaint);
            }

            _read.Add((byte)value);
        }
    }
}
