using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace SqliteBackup.Stores.Sftp;

/// <summary>What the files of known host keys say of one server, as OpenSSH reads them (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).</summary>
internal sealed class KnownHosts
{
    private const int DefaultPort = 22;
    private const string HashMark = "|1|";

    private readonly List<(string? Marker, string KeyType, string Key)> _entries = [];

    private KnownHosts(IEnumerable<string> lines, string host, int port)
    {
        string name = port == DefaultPort ? host : $"[{host}]:{port}";
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            string? marker = words is [['@', ..], ..] ? words[0] : null;
            if (words.AsSpan(marker is null ? 0 : 1) is [string hosts, string keyType, string key, ..] && !hosts.StartsWith('#') && Matches(hosts, name))
            {
                _entries.Add((marker, keyType, key));
            }
        }
    }

    /// <summary>The files that are read where none is named.</summary>
    public static string[] DefaultFiles =>
    [
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "known_hosts"),
        .. OperatingSystem.IsWindows() ? [] : (string[])["/etc/ssh/ssh_known_hosts"],
    ];

    /// <summary>The kinds of keys that the server is known by, in the files' order.</summary>
    public IReadOnlyList<string> KeyTypes => [.. _entries.Where(entry => entry.Marker is null).Select(entry => entry.KeyType).Distinct()];

    /// <summary>Reads the lines about one server. Files that are not there have none.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static KnownHosts Read(IEnumerable<string> files, string host, int port) =>
        new(files.Where(File.Exists).SelectMany(File.ReadLines), host.Trim('[', ']').ToLowerInvariant(), port);

    /// <summary>Null where a server's key is known, else why it is not trusted.</summary>
    /// <param name="server">The server as users write it.</param>
    /// <param name="keyType">The kind of key.</param>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">Its SHA-256, as OpenSSH shows it.</param>
    public SqliteBackupException? Complaint(string server, string keyType, byte[] key, string fingerprint)
    {
        string text = Convert.ToBase64String(key);
        if (_entries.Any(entry => entry.Marker == "@revoked" && entry.Key == text))
        {
            return Refused(server, $"its key (SHA256:{fingerprint}) is revoked in known_hosts", "Ask whoever runs the server.");
        }

        if (_entries.Any(entry => entry.Marker is null && entry.Key == text))
        {
            return null;
        }

        return KeyTypes.Contains(keyType)
            ? Refused(
                server,
                $"its {keyType} key is not the known one, but SHA256:{fingerprint}: somebody may be in between, or the server was set up anew",
                "Ask whoever runs it. If the new key is right, remove the old one with 'ssh-keygen -R' and add the new one.")
            : Refused(
                server,
                $"it is not known. Its {keyType} key is SHA256:{fingerprint}",
                "Compare that with what whoever runs the server says, then log in once with 'ssh' or add the key to ~/.ssh/known_hosts with 'ssh-keyscan'.");
    }

    private static SqliteBackupException Refused(string server, string what, string advice) => StoreErrors.Refused(server, what, advice, null);

    private static bool Matches(string hosts, string name)
    {
        if (hosts.StartsWith(HashMark, StringComparison.Ordinal))
        {
            return MatchesHash(hosts[HashMark.Length..], name);
        }

        bool found = false;
        foreach (string pattern in hosts.Split(','))
        {
            bool negated = pattern.StartsWith('!');
            if (MatchesPattern(negated ? pattern[1..] : pattern, name))
            {
                if (negated)
                {
                    return false;
                }

                found = true;
            }
        }

        return found;
    }

    private static bool MatchesPattern(string pattern, string name) => Regex.IsMatch(
        name,
        "^" + Regex.Escape(pattern.ToLowerInvariant()).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.CultureInvariant);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "known_hosts hides names with HMAC-SHA1; nothing is proven by it.")]
    private static bool MatchesHash(string hashed, string name)
    {
        string[] parts = hashed.Split('|');
        Span<byte> salt = stackalloc byte[64];
        return parts.Length == 2
            && Convert.TryFromBase64String(parts[0], salt, out int count)
            && Convert.ToBase64String(HMACSHA1.HashData(salt[..count], System.Text.Encoding.UTF8.GetBytes(name))) == parts[1];
    }
}
