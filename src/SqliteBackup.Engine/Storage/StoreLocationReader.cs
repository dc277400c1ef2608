using System.Globalization;
using System.Text.RegularExpressions;

namespace SqliteBackup.Storage;

/// <summary>Reads locations, and refuses those with secrets in them without showing them.</summary>
internal static partial class StoreLocationReader
{
    private const string Repository = "restic:";
    private const string Rclone = "rclone:";
    private const int MaxPort = 65_535;

    /// <summary>The scheme that a text begins with, in lower case; empty for a path.</summary>
    public static string SchemeOf(string text) => Scheme().Match(text).Value.ToLowerInvariant();

    /// <summary>Reads a location.</summary>
    public static StoreLocation Read(string text)
    {
        string scheme = SchemeOf(text);
        string rest = text[scheme.Length..];
        if (scheme == Repository)
        {
            return rest.Length > 0 && SchemeOf(rest) != Repository
                ? AsRepository(text, Read(rest))
                : throw Invalid(text, "Name the repository's folder after 'restic:'.");
        }

        if (scheme.Length > 0 && rest.Any(char.IsControl))
        {
            throw Invalid(scheme, "A location can't have control characters.");
        }

        return scheme switch
        {
            "" => new StoreLocation(StoreScheme.Local, false, "", text),
            "s3://" => Bucket(text, rest),
            "sftp://" => Server(rest),
            "azblob://" => Container(rest),
            Rclone => Remote(rest),
            _ => throw Invalid(scheme, "Known are s3://bucket/prefix/, sftp://user@host/path/, azblob://account/container/prefix/, rclone:remote:path/, and paths."),
        };
    }

    // A repository is a folder, whether it is written as one or not. A name in it, or a pattern for names, is a backup's: '#' and an id.
    private static StoreLocation AsRepository(string text, StoreLocation location)
    {
        string path = Snapshot().Replace(location.Path, "/#${id}");
        StoreLocation repository = location with { IsRepository = true, Path = path };
        bool isBackup = repository.Name.StartsWith('#') || repository.Name == "*";
        repository = repository.IsFolder || isBackup ? repository : repository with { Path = path + '/' };
        return repository.IsRemote || repository.Folder.Path.Length > 0 ? repository : throw Invalid(text, "Name the repository's folder after 'restic:'.");
    }

    private static StoreLocation Bucket(string text, string rest)
    {
        (string bucket, string path) = Split(rest);
        if (bucket.ContainsAny(['@', ':']))
        {
            throw Secret("s3://...@", "Keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), a profile, or -StoreCredential; another server's address from -StoreOption @{ EndpointUrl = '...' }.");
        }

        return bucket.Length > 0
            ? new StoreLocation(StoreScheme.S3, false, bucket, SoundPath(text, path))
            : throw Invalid(text, "Name the bucket: s3://bucket/prefix/.");
    }

    private static StoreLocation Container(string rest)
    {
        // A shared access signature.
        if (rest.Contains("sig=", StringComparison.OrdinalIgnoreCase))
        {
            throw Secret("azblob://...?sig=...", "A shared access signature comes from the environment (AZURE_STORAGE_SAS_TOKEN) or -StoreCredential.");
        }

        if (rest.Contains('@', StringComparison.Ordinal) && Split(rest).Root.Contains('@', StringComparison.Ordinal))
        {
            throw Secret("azblob://...@", "The account's key comes from the environment (AZURE_STORAGE_CONNECTION_STRING) or -StoreCredential.");
        }

        (string account, string afterAccount) = Split(rest);
        (string container, string path) = Split(afterAccount);
        string text = "azblob://" + rest;
        return account.Length > 0 && container.Length > 0
            ? new StoreLocation(StoreScheme.AzureBlob, false, $"{account}/{container}", SoundPath(text, path))
            : throw Invalid(text, "Name account and container: azblob://account/container/prefix/.");
    }

    private static StoreLocation Server(string rest)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "/" : rest[slash..];
        int at = authority.LastIndexOf('@');
        string? user = at < 0 ? null : authority[..at];
        if (user?.Contains(':', StringComparison.Ordinal) == true)
        {
            throw Secret("sftp://...:...@" + authority[(at + 1)..], "Passwords and passphrases come from -StoreCredential.");
        }

        Match host = HostAndPort().Match(authority[(at + 1)..]);
        string text = "sftp://" + rest;
        if (!host.Success || user == "")
        {
            throw Invalid(text, "Name the server and the folder: sftp://user@host/path/ or sftp://user@host:port/path/.");
        }

        int? port = null;
        if (host.Groups["port"].Success)
        {
            port = int.TryParse(host.Groups["port"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= MaxPort
                ? number
                : throw Invalid(text, $"A port is a number from 1 to {MaxPort}.");
        }

        return new StoreLocation(StoreScheme.Sftp, false, host.Groups["host"].Value, "/" + SoundPath(text, path[1..]), user, port);
    }

    private static StoreLocation Remote(string rest)
    {
        // A colon first is rclone's way to name a kind of store without having configured it.
        int colon = rest.IndexOf(':', Math.Min(1, rest.Length));
        if (colon < 0)
        {
            throw Invalid(Rclone + rest, "Name the remote and the path: rclone:remote:path/. 'rclone listremotes' lists what is configured.");
        }

        string remote = rest[..(colon + 1)];
        if (remote.Contains(',', StringComparison.Ordinal) || (rest.Contains('=', StringComparison.Ordinal) && remote.StartsWith(':')))
        {
            throw Secret("rclone:...,...", "Give the remote a name with 'rclone config', which keeps its settings, and use that.");
        }

        return remote.StartsWith('-')
            ? throw Invalid(Rclone + rest, "A remote's name can't begin with '-'.")
            : new StoreLocation(StoreScheme.Rclone, false, remote, RemotePath(Rclone + rest, rest[(colon + 1)..]));
    }

    // Some remotes tell a path from their root from one below a home folder.
    private static string RemotePath(string text, string path) =>
        path.StartsWith('/') ? "/" + SoundPath(text, path[1..]) : SoundPath(text, path);

    private static (string Root, string Path) Split(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (text, "") : (text[..slash], text[(slash + 1)..]);
    }

    private static string SoundPath(string text, string path)
    {
        string folder = path.EndsWith('/') ? path[..^1] : path;
        return folder.Length == 0 || folder.Split('/').All(part => part is not ("" or "." or ".."))
            ? path
            : throw Invalid(text, "Its path must have no empty part, no '.' and no '..'.");
    }

    private static SqliteBackupException Invalid(string text, string advice) =>
        new(BackupFailure.InvalidOption, text, $"'{text}' is no location. {advice}");

    private static SqliteBackupException Secret(string shown, string advice) => new(
        BackupFailure.InvalidOption, shown, $"'{shown}': no secret may be part of a location, as locations are shown, logged and recorded. {advice}");

    // Two letters at least: one is a drive of Windows.
    [GeneratedRegex(@"^(restic:|rclone:|[a-z][a-z0-9+.-]+://)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"(?<=[^/#])#(?<id>[0-9a-f]{8,64})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Snapshot();

    [GeneratedRegex(@"^(?<host>\[[0-9a-fA-F:.]+(%[\w.-]+)?\]|[^\[\]:@\s]+)(:(?<port>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
