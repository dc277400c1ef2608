using System.Management.Automation;
using System.Management.Automation.Host;
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
            Fail(exception, target ?? exception.Path);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
            ? LanguagePrimitives.IsTrue(bound)
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Says that something failed about one target.</summary>
    private protected virtual void Fail(SqliteBackupException exception, string target) => WriteError(ErrorRecords.Create(exception, target));

    /// <summary>Ends the command, as what was asked can't be meant.</summary>
    private protected void ThrowInvalidOption(string message, string target = "") =>
        ThrowTerminatingError(ErrorRecords.Create(new SqliteBackupException(BackupFailure.InvalidOption, target, message), target));

    private protected new void WriteWarning(string text) => base.WriteWarning(VisibleText.Of(text));

    private protected new void WriteVerbose(string text) => base.WriteVerbose(VisibleText.Of(text));

    private protected new bool ShouldProcess(string target, string action)
    {
        try
        {
            return base.ShouldProcess(VisibleText.Of(target), VisibleText.Of(action));
        }
        catch (Exception exception) when (exception is NullReferenceException or PSInvalidOperationException or HostException)
        {
            // What hosts throw whose input is closed, or that were told not to ask.
            ThrowInvalidOption(
                $"'{target}': {action}? Nobody is there to answer, so nothing was done. Use -Force or -Confirm:$false to do it without a question, or -WhatIf to see what it would be.", target);
            throw;
        }
    }

    /// <summary>Asks before something is destroyed, unless -Force answers that. An explicit -Confirm asks all the same.</summary>
    private protected bool ShouldDestroy(string target, string action, bool isForced)
    {
        if (!isForced || IsWhatIf || MyInvocation.BoundParameters.ContainsKey("Confirm"))
        {
            return ShouldProcess(target, action);
        }

        WriteVerbose($"{action}: '{target}'.");
        return true;
    }
}
