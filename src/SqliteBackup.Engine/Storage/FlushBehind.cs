using Microsoft.Win32.SafeHandles;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage;

/// <summary>
/// Flushes a growing file from another thread, a large piece at a time, so that the disk works while the file is made and checked, and not
/// only after.
/// </summary>
internal sealed class FlushBehind : IDisposable
{
    private const long PieceBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _grownUp = new();
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly Task _flushing;
    private volatile bool _isOver;

    /// <summary>Begins to watch a file.</summary>
    /// <param name="file">A handle that stays open until this is disposed.</param>
    /// <param name="path">Its path, for messages.</param>
    public FlushBehind(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
        _flushing = Task.Run(FlushAsync);
    }

    /// <summary>Says that the file is whole: the rest is flushed at once.</summary>
    public void FlushRest() => _grownUp.Cancel();

    /// <summary>Waits until the file is flushed.</summary>
    /// <exception cref="IOException">A flush failed. The system tells of that once, so no later flush can be trusted to.</exception>
    public void Wait()
    {
        FlushRest();
        _flushing.GetAwaiter().GetResult();
    }

    /// <summary>Ends, when the flush that runs has.</summary>
    public void Dispose()
    {
        _isOver = true;
        FlushRest();
        _ = Task.WhenAny(_flushing).GetAwaiter().GetResult();
        _grownUp.Dispose();
    }

    private async Task FlushAsync()
    {
        long flushed = 0;
        while (!_grownUp.IsCancellationRequested)
        {
            await Task.Delay(BetweenLooks, _grownUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            long length = RandomAccess.GetLength(_file);
            if (length - flushed >= PieceBytes && !_isOver)
            {
                FileFlush.File(_file, _path);
                flushed = length;
            }
        }

        if (!_isOver)
        {
            FileFlush.File(_file, _path);
        }
    }
}
