using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Parameters;

/// <summary>What a command needs to open a repository: where it stands, how its store is reached, its password.</summary>
internal sealed class RepositoryAccess(PathResolver resolver, SecureString? password, string? passwordFile, IDictionary? storeOption, PSCredential? storeCredential)
{
    /// <summary>The location that a user wrote, with or without <c>restic:</c>, relative or not.</summary>
    /// <exception cref="SqliteBackupException">It is none.</exception>
    public StoreLocation Resolve(string text)
    {
        StoreLocation location = SnapshotLocation.RepositoryOf(text);
        return location.IsRemote ? location : location with { Path = Path.TrimEndingDirectorySeparator(resolver.ResolveDestination(location.Path)) + Path.DirectorySeparatorChar };
    }

    /// <summary>Opens the store that a repository stands in, or will.</summary>
    public IBackupStore OpenStore(StoreLocation location) => BackupStores.Open(location with { IsRepository = false }, new StoreSettings
    {
        Options = StoreOptions.Parse(location.Scheme, storeOption),
        Credential = storeCredential is null ? null : new StoreCredential(storeCredential.UserName, storeCredential.GetNetworkCredential().Password),
    });

    /// <summary>Works with the password, in UTF-8, and wipes it.</summary>
    public T WithPassword<T>(StoreLocation location, Func<byte[], T> work) => WithPassword(resolver, password, passwordFile, location, work);

    /// <summary>Works with the password that was given or that a file holds, or else with the one that the environment names, in UTF-8, and wipes it.</summary>
    /// <exception cref="SqliteBackupException">There is none, or there are two.</exception>
    public static T WithPassword<T>(PathResolver resolver, SecureString? password, string? passwordFile, StoreLocation location, Func<byte[], T> work) =>
        With(
            (password, passwordFile) switch
            {
                (not null, not null) => throw new SqliteBackupException(
                    BackupFailure.InvalidOption, location.ToString(), "-Password and -PasswordFile both say the password. Use one of them."),
                (not null, null) => BytesOf(password),
                (null, not null) => RepositoryPassword.FromFile(location.ToString(), resolver.ResolveDestination(passwordFile)),
                _ => RepositoryPassword.FromEnvironment(location.ToString()),
            },
            work);

    /// <summary>Works with a secret, in UTF-8, and wipes it.</summary>
    public static T With<T>(SecureString secret, Func<byte[], T> work) => With(BytesOf(secret), work);

    private static T With<T>(byte[] secret, Func<byte[], T> work)
    {
        try
        {
            return work(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] BytesOf(SecureString secret) => Encoding.UTF8.GetBytes(new NetworkCredential("", secret).Password);
}
