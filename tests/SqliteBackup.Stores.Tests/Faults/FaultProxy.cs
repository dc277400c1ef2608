using System.Net;
using System.Net.Sockets;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>Stands between a store and its server, and cuts, answers in the server's place, or changes bytes on the way.</summary>
internal sealed class FaultProxy : IDisposable
{
    private const int SlowBytesPerSecond = 2 << 20;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _slowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _target;
    private int _connections;
    private int _cuts;
    private int _answers;
    private long _sent;
    private long _received;

    public FaultProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(Accept);
    }

    public int Port { get; }

    /// <summary>How many connections there were.</summary>
    public int Connections => _connections;

    /// <summary>How many connections were answered in the server's place.</summary>
    public int Answered { get; private set; }

    /// <summary>How many more connections are cut.</summary>
    public int Cuts
    {
        get => _cuts;
        set => _cuts = value;
    }

    /// <summary>After how many bytes to the server a connection is cut.</summary>
    public long CutAfterSent { get; set; } = long.MaxValue;

    /// <summary>After how many bytes from the server a connection is cut.</summary>
    public long CutAfterReceived { get; set; } = long.MaxValue;

    /// <summary>After how many bytes to the server, over all connections, none comes through any more: to the client it looks like a slow server.</summary>
    public long HoldAfterSent { get; set; } = long.MaxValue;

    /// <summary>Ends when that has begun.</summary>
    public Task Held => _held.Task;

    /// <summary>After how many bytes one way, over all connections, they come through at two megabytes a second only.</summary>
    public long SlowAfter { get; set; } = long.MaxValue;

    /// <summary>Ends when that has begun.</summary>
    public Task Slowed => _slowed.Task;

    /// <summary>How many bytes came from clients, and how many from the server.</summary>
    public (long Sent, long Received) Passed => (Interlocked.Read(ref _sent), Interlocked.Read(ref _received));

    /// <summary>How many of the next connections are answered with <see cref="Answer"/>.</summary>
    public int Answers
    {
        get => _answers;
        set => _answers = value;
    }

    /// <summary>An HTTP status line's number and words.</summary>
    public string Answer { get; set; } = "500 Internal Server Error";

    /// <summary>How many bytes were changed.</summary>
    public int Flipped { get; private set; }

    /// <summary>The byte on the way to the server that is changed on every connection, or -1.</summary>
    public long Flip { get; set; } = -1;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            _ = Task.Run(() => Serve(client));
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (Interlocked.Decrement(ref _answers) >= 0)
                {
                    Answered++;
                    await AnswerRequest(client.GetStream());
                    return;
                }

                using var server = new TcpClient("127.0.0.1", _target);
                client.NoDelay = server.NoDelay = true;
                Task up = Pump(client, server, sent: true);
                Task down = Pump(server, client, sent: false);
                await Task.WhenAny(up, down);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone, and with it the other.
            }
        }
    }

    private async Task Pump(TcpClient from, TcpClient to, bool sent)
    {
        byte[] buffer = new byte[1 << 14];
        long total = 0;
        for (int read; (read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0;)
        {
            if (sent && Flip >= total && Flip < total + read)
            {
                buffer[Flip - total] ^= 1;
                Flipped++;
            }

            total += read;
            if (total > (sent ? CutAfterSent : CutAfterReceived) && Interlocked.Decrement(ref _cuts) >= 0)
            {
                // As a cable would: no farewell.
                from.Client.LingerState = new LingerOption(true, 0);
                to.Client.LingerState = new LingerOption(true, 0);
                return;
            }

            long all = sent ? Interlocked.Add(ref _sent, read) : Interlocked.Add(ref _received, read);
            if (sent && all > HoldAfterSent)
            {
                _held.TrySetResult();
                continue;
            }

            if (all > SlowAfter)
            {
                _slowed.TrySetResult();
                await Task.Delay(TimeSpan.FromSeconds((double)read / SlowBytesPerSecond), _stop.Token);
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    // The request is read to its end: a client that is still sending would see only that the connection is gone.
    private async Task AnswerRequest(NetworkStream stream)
    {
        byte[] buffer = new byte[1 << 16];
        var head = new List<byte>();
        int end;
        while ((end = System.Text.Encoding.ASCII.GetString([.. head]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            int read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return;
            }

            head.AddRange(buffer[..read]);
        }

        string text = System.Text.Encoding.ASCII.GetString([.. head]);
        string? length = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?.Split(':')[1];
        long left = (length is null ? 0 : long.Parse(length)) - (head.Count - end - 4);
        while (left > 0)
        {
            left -= await stream.ReadAsync(buffer, _stop.Token);
        }

        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {Answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
        stream.Socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(50, _stop.Token);
    }
}
