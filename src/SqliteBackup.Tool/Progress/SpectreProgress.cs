using System.Management.Automation;
using Spectre.Console;

namespace SqliteBackup.Tool.Progress;

/// <summary>Draws the progress of the running commands live, at the bottom of the terminal, on a thread of its own.</summary>
internal sealed class SpectreProgress(IAnsiConsole terminal) : IDisposable
{
    // Work that is over sooner than this is not worth a flicker.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ProgressRows _rows = new();
    private readonly Lock _gate = new();
    private Thread? _painter;
    private ManualResetEventSlim? _end;

    /// <summary>Takes a record over into what is drawn.</summary>
    public void Show(long sourceId, ProgressRecord record)
    {
        lock (_gate)
        {
            _rows.Update(sourceId, record);
            if (_painter is null && !_rows.IsEmpty)
            {
                ManualResetEventSlim end = _end = new ManualResetEventSlim();
                _painter = new Thread(() => Paint(end)) { IsBackground = true, Name = "Progress" };
                _painter.Start();
            }
        }
    }

    /// <summary>Takes the drawing away, so that text can be written; the next record brings it back.</summary>
    public void Hide()
    {
        lock (_gate)
        {
            if (_painter is null)
            {
                return;
            }

            _end!.Set();
            _painter.Join();
            _end.Dispose();
            _painter = null;
        }
    }

    /// <summary>Gives the terminal its cursor back when there is no time for more.</summary>
    public void ShowCursor() => terminal.Cursor.Show();

    public void Dispose() => Hide();

    private void Paint(ManualResetEventSlim end)
    {
        if (end.Wait(Patience))
        {
            return;
        }

        try
        {
            Draw(end);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException or ArgumentException)
        {
            // A terminal that has gone or cannot be drawn on must not take the backup with it.
        }
    }

    private void Draw(ManualResetEventSlim end) =>
        terminal.Live(_rows.View(terminal.Profile.Width)).AutoClear(true).Overflow(VerticalOverflow.Ellipsis).Start(live =>
        {
            do
            {
                live.UpdateTarget(_rows.View(terminal.Profile.Width));
            }
            while (!end.Wait(Interval));
        });
}
