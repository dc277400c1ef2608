namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>A server that starts with the first test that needs it: where its program is missing, the tests skip.</summary>
public sealed class ServerFixture<TServer> : IDisposable
    where TServer : class, IStoreServer, IDisposable, new()
{
    private readonly Lazy<TServer> _server = new(() => new TServer());

    public TServer Server => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}
