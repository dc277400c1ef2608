namespace SqliteBackup.Tool.Demo;

/// <summary>The demonstration cannot go on. The message is for the user.</summary>
internal sealed class DemoException(string message) : Exception(message);
