using SqliteBackup.Stores.Tests.Servers;

[assembly: AssemblyFixture(typeof(ServerFixture<FolderServer>))]
[assembly: AssemblyFixture(typeof(ServerFixture<SshStoreServer>))]
[assembly: AssemblyFixture(typeof(ServerFixture<S3RverServer>))]
[assembly: AssemblyFixture(typeof(ServerFixture<RadosStoreServer>))]
[assembly: AssemblyFixture(typeof(ServerFixture<AzuriteServer>))]
[assembly: AssemblyFixture(typeof(ServerFixture<RcloneServer>))]

namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>
/// A server that starts with the first test that needs it, and serves all of them: each has a place of its own there. Where its program is
/// missing, the tests skip.
/// </summary>
public sealed class ServerFixture<TServer> : IDisposable
    where TServer : class, IStoreServer, IDisposable, new()
{
    private readonly Lazy<TServer> _server = new(() => new TServer());

    public TServer Server => Installed.OrSkip(() => _server.Value);

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}
