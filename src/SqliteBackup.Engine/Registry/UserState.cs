using System.Text;
using System.Text.RegularExpressions;

namespace SqliteBackup.Registry;

/// <summary>
/// Small texts that this user's runs keep for the next one, in a folder of their own in the state folder: <c>$SQLITEBACKUP_STATE</c>, or the
/// platform's own place. Others may read and change none of it.
/// </summary>
public sealed partial class UserState
{
    private readonly string _folder;

    /// <summary>Opens the place of one kind of texts. It is made when something is written.</summary>
    /// <param name="kind">What they are, as in <c>plans</c>: letters only.</param>
    public UserState(string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        _folder = Path.Combine(StateFolder.Current, kind);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder => _folder;

    /// <summary>Reads what was kept under a name.</summary>
    /// <param name="name">The name: letters, digits, '-', '_' and '.'.</param>
    /// <returns>The text, or null where there is none.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.SourceOpenFailed"/>: it can't be read, or is not this user's.</exception>
    public string? Read(string name)
    {
        string path = PathOf(name);
        return Guard(path, BackupFailure.SourceOpenFailed, () =>
            StateFolder.IsThere(_folder) && PrivateFile.Read(path) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null);
    }

    /// <summary>Keeps a text under a name, as a whole or not at all.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text, at most 256 KiB of UTF-8.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationOpenFailed"/>: it can't be written, or is too long.</exception>
    public void Write(string name, string text)
    {
        string path = PathOf(name);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _ = Guard(path, BackupFailure.DestinationOpenFailed, () =>
        {
            EnsureFolder();
            PrivateFile.Write(path, bytes);
            return true;
        });
    }

    /// <summary>Takes a name for as long as this process lives or until disposal: nobody else can.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Null where another run has it.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationOpenFailed"/>: the folder can't be written.</exception>
    public IDisposable? TryLock(string name)
    {
        string path = PathOf(name);
        return Guard(path, BackupFailure.DestinationOpenFailed, () =>
        {
            EnsureFolder();
            return Open(path);
        });
    }

    private static FileStream? Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (StateFolder.IsOwnFile(path))
        {
            // It stays when it is free: nobody who waits at it can be left with one that was removed.
            return null;
        }
    }

    private void EnsureFolder()
    {
        StateFolder.Ensure(StateFolder.Current);
        StateFolder.Ensure(_folder);
    }

    private string PathOf(string name) =>
        Sound().IsMatch(name) ? Path.Combine(_folder, name) : throw new ArgumentException($"'{name}' can't be the name of a file.", nameof(name));

    private static T Guard<T>(string path, BackupFailure failure, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (PrivateFile.IsFileError(exception))
        {
            throw new SqliteBackupException(
                failure, path, $"'{path}' can't be used: {exception.Message} Set {StateFolder.Variable} to a folder of your own if it has to be another one.", innerException: exception);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sound();
}
