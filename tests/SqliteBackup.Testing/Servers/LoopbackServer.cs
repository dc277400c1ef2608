using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SqliteBackup.Testing.Servers;

/// <summary>A real server on this machine, until it is disposed.</summary>
public abstract class LoopbackServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private readonly List<Process> _processes = [];

    /// <summary>Its files.</summary>
    public TempFolder Folder { get; } = new();

    /// <summary>Where it listens.</summary>
    public int Port { get; protected init; } = FreePort();

    public virtual void Dispose()
    {
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A port that nobody uses.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a program that runs until the end.</summary>
    protected void Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$0\" \"$@\" >>'{Folder["server.log"]}' 2>&1", program, .. arguments]);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _processes.Add(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }

    /// <summary>Waits until something listens.</summary>
    protected void WaitUntilReady(int? port = null)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < StartLimit; Thread.Sleep(50))
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", port ?? Port);
                return;
            }
            catch (SocketException)
            {
                if (_processes is [.., { HasExited: true }])
                {
                    break;
                }
            }
        }

        string log = File.Exists(Folder["server.log"]) ? File.ReadAllText(Folder["server.log"]) : "";
        throw new InvalidOperationException($"The server did not start: {log}");
    }
}
