namespace SqliteBackup.Storage.Encoding;

/// <summary>A part of an age header that holds the file's key, wrapped for one recipient.</summary>
/// <param name="Type">How it is wrapped: <c>X25519</c>, <c>scrypt</c>, or what is not known here.</param>
/// <param name="Arguments">What unwrapping takes beside the identity.</param>
/// <param name="Body">The wrapped key.</param>
internal sealed record AgeStanza(string Type, IReadOnlyList<string> Arguments, byte[] Body);
