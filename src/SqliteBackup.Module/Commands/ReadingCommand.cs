using System.Management.Automation;
using System.Security;
using SqliteBackup.Parameters;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Commands;

/// <summary>A command that reads what is in backups, encrypted ones too.</summary>
public abstract class ReadingCommand : LocationCommand
{
    private IReadOnlyList<AgeIdentity>? _identities;

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] IdentityFile { get; set; } = [];

    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>Who reads encrypted backups.</summary>
    /// <exception cref="SqliteBackupException">A file of keys can't be read.</exception>
    private protected IReadOnlyList<AgeIdentity> Identities => _identities ??= AgeKeys.Identities(IdentityFile, Passphrase, Resolver);
}
