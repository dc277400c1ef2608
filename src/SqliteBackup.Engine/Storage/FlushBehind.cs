using Microsoft.Win32.SafeHandles;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage;

/// <summary>
/// Flushes a file from another thread while it grows, a large piece at a time, and what is left of it beside what is done with it next: so the
/// disk works while the file is made and checked, and not only after. A small file is worth no thread.
/// </summary>
internal sealed class FlushBehind : IDisposable
{
    /// <summary>What the disk takes in less time than other threads take to come to it and back.</summary>
    public const long SmallBytes = 2 * 1024 * 1024;

    private const long PieceBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _grownUp = new();
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly Task _growing;
    private Task? _rest;
    private volatile bool _isOver;

    /// <summary>Begins to watch a file.</summary>
    /// <param name="file">A handle that stays open until this is disposed.</param>
    /// <param name="path">Its path, for messages.</param>
    public FlushBehind(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
        _growing = FlushGrownAsync();
    }

    /// <summary>Says that the file is whole: the rest is on its way from now on.</summary>
    public void FlushRest()
    {
        if (_rest is not null)
        {
            return;
        }

        bool isSmall = RandomAccess.GetLength(_file) <= SmallBytes;
        _grownUp.Cancel();
        if (isSmall)
        {
            FileFlush.Begin(_file);
            _rest = new Task(() => FileFlush.File(_file, _path));
        }
        else
        {
            _rest = Task.Run(FlushRestAsync);
        }
    }

    /// <summary>Waits until the file is flushed.</summary>
    /// <exception cref="IOException">A flush failed. The system tells of that once, so no later flush can be trusted to.</exception>
    public void Wait()
    {
        FlushRest();
        _growing.GetAwaiter().GetResult();
        if (_rest!.Status == TaskStatus.Created)
        {
            _rest.RunSynchronously(TaskScheduler.Default);
        }

        _rest.GetAwaiter().GetResult();
    }

    /// <summary>Ends, when the flush that runs has.</summary>
    public void Dispose()
    {
        _isOver = true;
        _grownUp.Cancel();
        _ = Task.WhenAny(_growing).GetAwaiter().GetResult();
        if (_rest is { Status: not TaskStatus.Created })
        {
            _ = Task.WhenAny(_rest).GetAwaiter().GetResult();
        }

        _grownUp.Dispose();
    }

    // Looks for the first time when it has had time to grow: most files are whole before that, and no thread was bothered.
    private async Task FlushGrownAsync()
    {
        long flushed = 0;
        while (true)
        {
            await Task.Delay(BetweenLooks, _grownUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_grownUp.IsCancellationRequested)
            {
                return;
            }

            long length = RandomAccess.GetLength(_file);
            if (length - flushed >= PieceBytes)
            {
                FileFlush.File(_file, _path);
                flushed = length;
            }
        }
    }

    private async Task FlushRestAsync()
    {
        await _growing.ConfigureAwait(false);
        if (!_isOver)
        {
            FileFlush.File(_file, _path);
        }
    }
}
