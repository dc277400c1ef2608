using System.Management.Automation;
using SqliteBackup.Output;

namespace SqliteBackup.Commands;

/// <summary>
/// What all commands share: one way to be stopped, one error for each thing that fails, and texts without control characters, for names of
/// files are data.
/// </summary>
public abstract class ModuleCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private bool _isDisposed;

    private protected ModuleCommand() => StopToken = _stop.Token;

    /// <summary>Cancelled when the pipeline is stopped: Ctrl+C, or a later command that has enough.</summary>
    private protected CancellationToken StopToken { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        lock (_stop)
        {
            // Ctrl+C may come this very moment, from another thread.
            _isDisposed = true;
            _stop.Dispose();
        }
    }

    protected sealed override void StopProcessing()
    {
        lock (_stop)
        {
            if (!_isDisposed)
            {
                _stop.Cancel();
            }
        }
    }

    /// <summary>Does something about one target. What fails about it is one error, and the command goes on with the next.</summary>
    /// <param name="target">What the error is about; without it the path that failed.</param>
    /// <param name="work">What to do.</param>
    private protected void Try(string? target, Action work)
    {
        try
        {
            work();
        }
        catch (SqliteBackupException exception)
        {
            WriteError(ErrorRecords.Create(exception, target ?? exception.Path));
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected new void WriteWarning(string text) => base.WriteWarning(VisibleText.Of(text));

    private protected new void WriteVerbose(string text) => base.WriteVerbose(VisibleText.Of(text));

    private protected new bool ShouldProcess(string target, string action) => base.ShouldProcess(VisibleText.Of(target), VisibleText.Of(action));
}
