using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>A check that waits for pings, on loopback.</summary>
internal sealed class PingListener : IDisposable
{
    private readonly HttpListener _listener = new();

    public PingListener()
    {
        using (var socket = new TcpListener(IPAddress.Loopback, 0))
        {
            socket.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = Task.Run(Listen);
    }

    public string Address { get; }

    public ConcurrentQueue<(string Path, string Body)> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task Listen()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            Requests.Enqueue((context.Request.Url!.PathAndQuery, await reader.ReadToEndAsync()));
            context.Response.Close();
        }
    }
}
