using System.Management.Automation;

namespace SqliteBackup.Tool.Hosting;

/// <summary>
/// Stops a running pipeline from any thread. Leaving it waits until a stop that has begun is over: the engine must not be taken away
/// under it.
/// </summary>
internal sealed class PipelineStop(PowerShell shell) : IDisposable
{
    private readonly Lock _gate = new();
    private Task? _stopping;
    private bool _over;

    /// <summary>The exit code that the first request asked for, or null while there was none.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Begins to stop the pipeline; the process is to end with <paramref name="exitCode"/>.</summary>
    public void Request(int exitCode)
    {
        lock (_gate)
        {
            if (!_over && _stopping is null)
            {
                ExitCode = exitCode;
                _stopping = Task.Run(shell.Stop);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
        }

        _stopping?.Wait();
    }
}
