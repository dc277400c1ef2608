using System.Globalization;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Sftp;

/// <summary>A folder on an SSH server.</summary>
internal sealed class SftpStore : RemoteStore
{
    private readonly object _gate = new();
    private readonly SftpLogin _login;
    private readonly RemoteHash _hash;
    private SftpClient? _client;

    /// <summary>Logs in.</summary>
    public SftpStore(StoreLocation root, StoreSettings settings)
        : base(root, settings)
    {
        _login = new SftpLogin(root, settings);
        _hash = new RemoteHash(_login);
        Folder = root.Path.StartsWith("/~/", StringComparison.Ordinal) ? root.Path[3..] : root.Path;
        Folder = Folder.Length == 0 || Folder.EndsWith('/') ? Folder : Folder + "/";
        string version = Guard("", () => Client().ConnectionInfo.ServerVersion) ?? "";

        // A rename that refuses a name which is taken, and one that replaces it: OpenSSH has both. Of others it is not known.
        Promises = version.Contains("OpenSSH", StringComparison.Ordinal) ? StorePromises.ExclusiveNames | StorePromises.AtomicReplace : StorePromises.None;
    }

    public override StorePromises Promises { get; }

    private string Folder { get; }

    public override void Dispose()
    {
        lock (_gate)
        {
            _client?.Dispose();
            _client = null;
        }
    }

    protected override StoredFile? Look(string name, CancellationToken cancellationToken)
    {
        try
        {
            SftpFileAttributes attributes = Client().GetAttributes(Folder + name);
            return attributes.IsRegularFile ? new StoredFile(name, attributes.Size, attributes.LastWriteTimeUtc) : null;
        }
        catch (SftpPathNotFoundException)
        {
            return null;
        }
    }

    protected override IEnumerable<StoredFile> Enumerate(string prefix, bool recurse, CancellationToken cancellationToken) =>
        Walk(prefix[..(prefix.LastIndexOf('/') + 1)], recurse, cancellationToken).Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal));

    protected override Stream Open(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        SftpFileStream file = Client().Open(Folder + name, FileMode.Open, FileAccess.Read);
        long rest = Math.Max(0, file.Length - offset);
        file.Seek(Math.Min(offset, file.Length), SeekOrigin.Begin);
        return new DownloadStream(this, name, file, Math.Min(length ?? rest, rest), null, Settings.Timeout, cancellationToken);
    }

    protected override StoredFile Upload(
        string name, UploadStream source, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        SftpClient client = Client();
        string path = Folder + name;
        string staged = StagingName.For(name);
        MakeFolder(client, path[..(path.LastIndexOf('/') + 1)]);
        ThrowUnlessRoom(client, path, source, name);
        try
        {
            // Its owner's alone from the first byte on.
            client.Open(Folder + staged, FileMode.CreateNew, FileAccess.Write).Dispose();
            client.ChangePermissions(Folder + staged, 600);
            client.UploadFile(source, Folder + staged, canOverride: true);
            source.ThrowUnlessWhole();
            ThrowUnlessThere(Look(staged, cancellationToken), name, source);
            if (_hash.Find(Folder + staged, source.Bytes, cancellationToken) != source.Sha256)
            {
                ThrowUnlessSame(staged, name, source, cancellationToken);
            }

            client.ChangePermissions(Folder + staged, Digits(content.Rights));
            Publish(client, Folder + staged, path, name, mode);
        }
        catch (Exception)
        {
            TryRemove(Folder + staged);
            throw;
        }

        return ThrowUnlessThere(Look(name, cancellationToken), name, source);
    }

    protected override void Remove(string name, CancellationToken cancellationToken)
    {
        try
        {
            Client().DeleteFile(Folder + name);
        }
        catch (SftpPathNotFoundException)
        {
            // Somebody else removed it.
        }
    }

    protected override void Sweep(CancellationToken cancellationToken) =>
        RemoveAbandoned(Walk("", recurse: true, cancellationToken), StoresTime, cancellationToken);

    protected override SqliteBackupException? Translate(Exception exception, string path) => exception switch
    {
        SftpPathNotFoundException => StoreErrors.NotFound(path, exception),
        SftpPermissionDeniedException => StoreErrors.Refused(path, "permission denied", "Check what this user may do in that folder.", exception),
        SshAuthenticationException => StoreErrors.Refused(
            path, exception.Message.TrimEnd('.'), "Check the user's name and key, or give a password with -StoreCredential.", exception),
        SshConnectionException { DisconnectReason: Renci.SshNet.Messages.Transport.DisconnectReason.HostKeyNotVerifiable } => StoreErrors.Refused(
            path, exception.Message.TrimEnd('.'), "Check ~/.ssh/known_hosts.", exception),
        SshConnectionException or SshOperationTimeoutException or ObjectDisposedException => StoreErrors.Unavailable(path, exception.Message.TrimEnd('.'), exception),
        SshException => StoreErrors.Refused(path, exception.Message.TrimEnd('.'), "Check the folder, its rights, and its free space.", exception),
        _ => null,
    };

    // The protocol has no question for it, but a file that was just made has it.
    private DateTime StoresTime()
    {
        string path = Folder + StagingName.For("time");
        SftpClient client = Client();
        try
        {
            client.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
            return client.GetAttributes(path).LastWriteTimeUtc;
        }
        finally
        {
            TryRemove(path);
        }
    }

    private static short Digits(UnixFileMode rights) => short.Parse(Convert.ToString((int)rights & 511, 8), CultureInfo.InvariantCulture);

    private static void MakeFolder(SftpClient client, string folder)
    {
        string path = folder.TrimEnd('/');
        if (path.Length == 0 || client.Exists(path))
        {
            return;
        }

        MakeFolder(client, path[..(path.LastIndexOf('/') + 1)]);
        try
        {
            client.CreateDirectory(path);
        }
        catch (SshException) when (client.Exists(path))
        {
            // Another run made it meanwhile.
        }
    }

    private void ThrowUnlessRoom(SftpClient client, string path, UploadStream source, string name)
    {
        int slash = path.LastIndexOf('/');
        try
        {
            SftpFileSystemInformation status = client.GetStatus(slash < 0 ? "." : path[..(slash + 1)]);
            ulong free = status.AvailableBlocks * status.BlockSize;
            if (free < (ulong)source.Bytes)
            {
                throw StoreErrors.Full(PathOf(name), $"{free:N0} bytes are free, and it has {source.Bytes:N0}");
            }
        }
        catch (NotSupportedException)
        {
            // A server that does not say how much is free says so when it is full.
        }
    }

    private void Publish(SftpClient client, string staged, string path, string name, PutMode mode)
    {
        try
        {
            if (mode == PutMode.CreateNew || !client.Exists(path))
            {
                client.RenameFile(staged, path);
                return;
            }

            Replace(client, staged, path);
        }
        catch (SshException exception) when (exception is not SshConnectionException && mode == PutMode.CreateNew && client.Exists(path))
        {
            throw Exists(name);
        }
    }

    private void Replace(SftpClient client, string staged, string path)
    {
        try
        {
            client.RenameFile(staged, path, isPosix: true);
        }
        catch (Exception exception) when (exception is NotSupportedException or SshException and not SshConnectionException && !Promises.HasFlag(StorePromises.AtomicReplace))
        {
            client.DeleteFile(path);
            client.RenameFile(staged, path);
        }
    }

    private void TryRemove(string path)
    {
        try
        {
            Client().DeleteFile(path);
        }
        catch (Exception exception) when (exception is SshException or SqliteBackupException or System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was never made, or the server is gone: the first error is the one to report, and a sweep removes the file.
        }
    }

    private IEnumerable<StoredFile> Walk(string folder, bool recurse, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<ISftpFile> items;
        try
        {
            string path = Folder + folder;
            items = [.. Client().ListDirectory(path.Length == 0 ? "." : path)];
        }
        catch (SftpPathNotFoundException)
        {
            yield break;
        }

        foreach (ISftpFile item in items)
        {
            if (item.IsRegularFile)
            {
                yield return new StoredFile(folder + item.Name, item.Length, item.LastWriteTimeUtc);
            }
            else if (recurse && item.IsDirectory && item.Name is not ("." or ".."))
            {
                foreach (StoredFile file in Walk($"{folder}{item.Name}/", recurse, cancellationToken))
                {
                    yield return file;
                }
            }
        }
    }

    // One that lost its connection is replaced: what is tried again then has a chance.
    private SftpClient Client()
    {
        lock (_gate)
        {
            if (_client is { IsConnected: true })
            {
                return _client;
            }

            _client?.Dispose();
            _client = null;
            return _client = _login.Connect();
        }
    }
}
