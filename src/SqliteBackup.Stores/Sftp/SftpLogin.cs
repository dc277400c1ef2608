using Renci.SshNet;
using Renci.SshNet.Common;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Sftp;

/// <summary>How to log in to an SSH server: with key files, a passphrase or password, and a host key that must be known.</summary>
internal sealed class SftpLogin
{
    private const int DefaultPort = 22;

    // As much as the library takes at once from a server. It sends less where the server says so.
    private const uint MaxPacketBytes = 1 << 16;

    private static readonly string[] DefaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    private readonly StoreLocation _root;
    private readonly StoreSettings _settings;
    private readonly string _server;

    /// <summary>Takes the server and how it is used.</summary>
    public SftpLogin(StoreLocation root, StoreSettings settings)
    {
        (_root, _settings) = (root, settings);
        _server = (root with { Path = "/" }).ToString();
    }

    private string UserName => _root.UserName ?? (_settings.Credential?.UserName is { Length: > 0 } name ? name : Environment.UserName);

    /// <summary>Logs in.</summary>
    /// <exception cref="SqliteBackupException">The host's key is not known or is another, or a key file can't be used.</exception>
    public SftpClient Connect() => Connect(connection => new SftpClient(connection) { OperationTimeout = _settings.Timeout, BufferSize = MaxPacketBytes });

    /// <summary>Logs in to run commands, which a server may not allow.</summary>
    /// <exception cref="SqliteBackupException">The host's key is not known or is another, or a key file can't be used.</exception>
    public SshClient ConnectForCommands() => Connect(connection => new SshClient(connection));

    private T Connect<T>(Func<ConnectionInfo, T> make)
        where T : BaseClient
    {
        int port = _root.Port ?? DefaultPort;
        string host = _root.Root.Trim('[', ']');
        string[] files = _settings.Options.Get(StoreOptions.KnownHostsFile) is string file ? [file] : KnownHosts.DefaultFiles;
        KnownHosts known = KnownHosts.Read(files, host, port);
        var connection = new ConnectionInfo(host, port, UserName, [.. Methods()]) { Timeout = _settings.Timeout };
        PreferKnownKeys(connection, known);
        PreferFastCiphers(connection);
        T client = make(connection);
        client.KeepAliveInterval = TimeSpan.FromSeconds(30);
        SqliteBackupException? complaint = null;
        client.HostKeyReceived += (_, e) =>
        {
            complaint = known.Complaint(_server, PlainType(e.HostKeyName), e.HostKey, e.FingerPrintSHA256);
            e.CanTrust = complaint is null;
        };
        try
        {
            client.Connect();
            return client;
        }
        catch (Exception)
        {
            client.Dispose();
            if (complaint is not null)
            {
                throw complaint;
            }

            throw;
        }
    }

    // The kinds of signature that an RSA key can make have names of their own; known_hosts has the key's.
    private static string PlainType(string algorithm) => algorithm is "rsa-sha2-256" or "rsa-sha2-512" ? "ssh-rsa" : algorithm;

    // A server has keys of several kinds. One that is known by another kind than the first is known all the same.
    private static void PreferKnownKeys(ConnectionInfo connection, KnownHosts known)
    {
        string[] others = [.. connection.HostKeyAlgorithms.Keys.Where(algorithm => !known.KeyTypes.Contains(PlainType(algorithm)))];
        if (others.Length < connection.HostKeyAlgorithms.Count)
        {
            foreach (string algorithm in others)
            {
                connection.HostKeyAlgorithms.Remove(algorithm);
            }
        }
    }

    // The platform's own, which encrypts and authenticates in one pass by the processor's instructions. The library would take it after others.
    private static void PreferFastCiphers(ConnectionInfo connection)
    {
        foreach (string name in (string[])["aes256-gcm@openssh.com", "aes128-gcm@openssh.com"])
        {
            if (System.Security.Cryptography.AesGcm.IsSupported && connection.Encryptions.Remove(name, out CipherInfo? cipher))
            {
                connection.Encryptions.Insert(0, name, cipher);
            }
        }
    }

    private IEnumerable<AuthenticationMethod> Methods()
    {
        IPrivateKeySource[] keys = [.. Keys()];
        string? secret = _settings.Credential?.Secret;
        if (keys.Length > 0)
        {
            yield return new PrivateKeyAuthenticationMethod(UserName, keys);
        }

        if (!string.IsNullOrEmpty(secret))
        {
            yield return new PasswordAuthenticationMethod(UserName, secret);
            var asked = new KeyboardInteractiveAuthenticationMethod(UserName);
            asked.AuthenticationPrompt += (_, e) =>
            {
                foreach (AuthenticationPrompt prompt in e.Prompts.Where(prompt => !prompt.IsEchoed))
                {
                    prompt.Response = secret;
                }
            };
            yield return asked;
        }

        if (keys.Length == 0 && string.IsNullOrEmpty(secret))
        {
            throw StoreErrors.Refused(
                _server, "there is no key in ~/.ssh that can be used, and no password", "Name a key with -StoreOption @{ KeyFile = '...' }, or give a password with -StoreCredential.", null);
        }
    }

    private IEnumerable<PrivateKeyFile> Keys()
    {
        string? named = _settings.Options.Get(StoreOptions.KeyFile);
        if (named is not null)
        {
            yield return Key(named) ?? throw StoreErrors.Refused(
                _server, $"the key '{named}' needs another passphrase", "Give it with -StoreCredential.", null);
            yield break;
        }

        string folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
        foreach (string file in DefaultKeys.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            // One with a passphrase that was not given is as if it were not there; the server then says what it takes.
            if (Key(file) is PrivateKeyFile key)
            {
                yield return key;
            }
        }
    }

    private PrivateKeyFile? Key(string file)
    {
        if (!File.Exists(file))
        {
            throw new SqliteBackupException(BackupFailure.InvalidOption, file, $"There is no key file '{file}'.");
        }

        try
        {
            return new PrivateKeyFile(file, _settings.Credential?.Secret is { Length: > 0 } secret ? secret : null);
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return null;
        }
        catch (SshException exception)
        {
            return exception.Message.Contains("passphrase", StringComparison.OrdinalIgnoreCase) || _settings.Credential is not null
                ? null
                : throw new SqliteBackupException(
                    BackupFailure.InvalidOption, file, $"'{file}' is no private key that can be read: {exception.Message.TrimEnd('.')}.", innerException: exception);
        }
    }
}
