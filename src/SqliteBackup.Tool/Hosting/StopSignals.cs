using System.Runtime.InteropServices;

namespace SqliteBackup.Tool.Hosting;

/// <summary>
/// Turns the first Ctrl+C, termination or hang-up into a clean stop, in which the cmdlets end their copies and remove their staging
/// files. The second one is not caught and ends the process.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private const int ExitSignalled = 128;

    private readonly Action<int> _stop;
    private readonly Action? _beforeKill;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _received;

    /// <param name="stop">Gets the exit code that the signal asks for. Called at most once, and must not block.</param>
    /// <param name="beforeKill">Called when a further signal is about to end the process.</param>
    public StopSignals(Action<int> stop, Action? beforeKill = null)
    {
        _stop = stop;
        _beforeKill = beforeKill;
        Register(PosixSignal.SIGHUP, number: 1);
        Register(PosixSignal.SIGINT, number: 2);
        Register(PosixSignal.SIGTERM, number: 15);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Register(PosixSignal signal, int number) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            if (Interlocked.Exchange(ref _received, 1) == 0)
            {
                context.Cancel = true;
                _stop(ExitSignalled + number);
            }
            else
            {
                _beforeKill?.Invoke();
            }
        }));
}
