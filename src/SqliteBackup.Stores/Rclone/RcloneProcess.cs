using System.Diagnostics;
using System.Text;

namespace SqliteBackup.Stores.Rclone;

/// <summary>One running rclone. It ends with this object, on every way out.</summary>
internal sealed class RcloneProcess : IDisposable
{
    private const int MaxErrorLength = 4096;

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenRegistration _cancellation;

    /// <summary>Takes a process that was just started.</summary>
    public RcloneProcess(Process process, CancellationToken cancellationToken)
    {
        _process = process;
        _cancellationToken = cancellationToken;
        _process.ErrorDataReceived += (_, e) => KeepError(e.Data);
        _process.BeginErrorReadLine();
        _cancellation = cancellationToken.Register(Kill);
    }

    /// <summary>What it writes.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Gives it what it reads.</summary>
    public void Feed(Stream input)
    {
        try
        {
            input.CopyTo(_process.StandardInput.BaseStream, 1 << 17);
            _process.StandardInput.Close();
        }
        catch (IOException) when (_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            // It ended before it had read everything. Why is in its own words and its exit code, which are looked at next.
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="RcloneException">It failed.</exception>
    public void WaitForSuccess()
    {
        _process.WaitForExit();
        _cancellationToken.ThrowIfCancellationRequested();
        if (_process.ExitCode != 0)
        {
            throw new RcloneException(_process.ExitCode, ErrorText());
        }
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private void KeepError(string? line)
    {
        lock (_error)
        {
            if (!string.IsNullOrWhiteSpace(line) && _error.Length < MaxErrorLength)
            {
                _error.Append(line).Append('\n');
            }
        }
    }

    private string ErrorText()
    {
        lock (_error)
        {
            return _error.ToString();
        }
    }
}

/// <summary>rclone ended with an error.</summary>
internal sealed class RcloneException(int exitCode, string error) : Exception(error)
{
    /// <summary>What it means is in rclone's documentation, "Exit code".</summary>
    public int ExitCode { get; } = exitCode;
}
