namespace SqliteBackup.Testing.Servers;

/// <summary>A program that a server needs is not installed. The message names its package.</summary>
public sealed class MissingProgramException(string message) : Exception(message);
