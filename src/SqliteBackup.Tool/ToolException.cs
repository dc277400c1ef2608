namespace SqliteBackup.Tool;

/// <summary>The tool cannot go on. The message is for the user.</summary>
internal sealed class ToolException(string message) : Exception(message);
