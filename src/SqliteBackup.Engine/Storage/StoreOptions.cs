using System.Collections;
using System.Globalization;

namespace SqliteBackup.Storage;

/// <summary>What a location can't say about its store and is no secret.</summary>
public sealed class StoreOptions
{
    private static readonly Dictionary<StoreScheme, string[]> Known = new()
    {
        [StoreScheme.Local] = [],
        [StoreScheme.S3] = [EndpointUrl, Region, Profile, StorageClass, ServerSideEncryption, PathStyle],
        [StoreScheme.Sftp] = [KeyFile, KnownHostsFile],
        [StoreScheme.AzureBlob] = [EndpointUrl, AccessTier],
        [StoreScheme.Rclone] = [Program, ConfigFile],
    };

    private static readonly string[] SecretWords = ["password", "passphrase", "secret", "token", "accesskey", "accountkey", "connectionstring", "credential", "sas"];

    private readonly Dictionary<string, string> _values;

    private StoreOptions(Dictionary<string, string> values) => _values = values;

    /// <summary>S3, Azure Blob: the address of a server other than the provider's own.</summary>
    public const string EndpointUrl = nameof(EndpointUrl);

    /// <summary>S3: the region.</summary>
    public const string Region = nameof(Region);

    /// <summary>S3: the profile of the AWS configuration files.</summary>
    public const string Profile = nameof(Profile);

    /// <summary>S3: the storage class of new objects.</summary>
    public const string StorageClass = nameof(StorageClass);

    /// <summary>S3: <c>AES256</c> or <c>aws:kms</c>.</summary>
    public const string ServerSideEncryption = nameof(ServerSideEncryption);

    /// <summary>S3: whether the bucket is in the path and not in the host's name. Default: yes where there is an <see cref="EndpointUrl"/>.</summary>
    public const string PathStyle = nameof(PathStyle);

    /// <summary>SFTP: the private key. Default: the keys in ~/.ssh.</summary>
    public const string KeyFile = nameof(KeyFile);

    /// <summary>SFTP: the file of known host keys. Default: ~/.ssh/known_hosts and the system's.</summary>
    public const string KnownHostsFile = nameof(KnownHostsFile);

    /// <summary>Azure Blob: the access tier of new blobs.</summary>
    public const string AccessTier = nameof(AccessTier);

    /// <summary>rclone: the program. Default: the one on PATH.</summary>
    public const string Program = nameof(Program);

    /// <summary>rclone: its configuration file. Default: its own.</summary>
    public const string ConfigFile = nameof(ConfigFile);

    /// <summary>No options.</summary>
    public static StoreOptions None { get; } = new([]);

    /// <summary>The names that a kind of store knows.</summary>
    public static IReadOnlyList<string> NamesFor(StoreScheme scheme) => Known[scheme];

    /// <summary>Reads options, as from a hashtable. Upper and lower case are the same.</summary>
    /// <param name="scheme">The kind of store.</param>
    /// <param name="values">Names and values; null for none.</param>
    /// <returns>The options.</returns>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.InvalidOption"/>: a name that the store does not know, with the nearest one that it does; a secret; no value.
    /// </exception>
    public static StoreOptions Parse(StoreScheme scheme, IDictionary? values)
    {
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in values ?? new Hashtable())
        {
            string name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            string value = Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? "";
            string right = Array.Find(Known[scheme], option => option.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw Unknown(scheme, name);
            known[right] = value.Length > 0 ? value : throw Invalid(name, $"-StoreOption '{right}' has no value.");
        }

        return new StoreOptions(known);
    }

    /// <summary>The value of an option, or null where it was not given.</summary>
    public string? Get(string name) => _values.GetValueOrDefault(name);

    /// <summary>The value of a switch, or null where it was not given.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: neither true nor false.</exception>
    public bool? GetSwitch(string name) =>
        Get(name) is not string value ? null
        : bool.TryParse(value, out bool result) ? result
        : throw Invalid(name, $"-StoreOption '{name}' is '{value}'; it must be $true or $false.");

    private static SqliteBackupException Unknown(StoreScheme scheme, string name)
    {
        string plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (SecretWords.Any(word => plain.Contains(word, StringComparison.Ordinal)))
        {
            return Invalid(name, $"-StoreOption '{name}': secrets go into -StoreCredential or the environment, not into options, which are recorded.");
        }

        string[] options = Known[scheme];
        string known = options.Length == 0 ? "Folders have no options." : $"Known for {scheme}: {string.Join(", ", options)}.";
        string? nearest = NearestWord.Find(plain, options);
        return Invalid(name, $"-StoreOption has no '{name}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} {known}");
    }

    private static SqliteBackupException Invalid(string name, string message) => new(BackupFailure.InvalidOption, name, message);
}
