namespace SqliteBackup.Sources;

/// <summary>A source that was read on the understanding that nobody uses it came into use. Opening it again finds the right way.</summary>
internal sealed class SourceChangedException(string path)
    : Exception($"'{path}' came into use while it was being read.");
