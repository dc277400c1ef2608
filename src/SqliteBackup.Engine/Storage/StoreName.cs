namespace SqliteBackup.Storage;

/// <summary>What a name in a store may be.</summary>
public static class StoreName
{
    /// <summary>
    /// Whether a text is a name: parts divided by '/', none of them empty, '.' or '..', no control characters, nothing that a file system
    /// would take for a root.
    /// </summary>
    public static bool IsSound(string name) =>
        name.Length > 0
        && !name.Any(char.IsControl)
        && name.Split('/').All(part => part is not ("" or "." or ".."))
        && !(OperatingSystem.IsWindows() && name.AsSpan().ContainsAny('\\', ':'));

    /// <summary>Throws unless a text is a name.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void ThrowUnlessSound(string name)
    {
        if (!IsSound(name))
        {
            throw new ArgumentException($"'{name}' can't be a name in a store: it must be relative, without empty parts, '.' or '..'.", nameof(name));
        }
    }
}
