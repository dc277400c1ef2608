namespace SqliteBackup.Tool.CommandLine;

/// <summary>The tool's own arguments are wrong. The message is for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
