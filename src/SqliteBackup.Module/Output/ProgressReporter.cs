using System.Diagnostics;
using System.Management.Automation;

namespace SqliteBackup.Output;

/// <summary>
/// Shows a row for each database that is being backed up, under a row for the batch when there is more than one. A row is written at most
/// five times a second, and last as Completed, however the command ends. A database of a batch that is done sooner than that has no row.
/// Lives on the pipeline thread.
/// </summary>
internal sealed class ProgressReporter(Action<ProgressRecord> write)
{
    private const int BatchRow = 0;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>What the rows say is being done.</summary>
    public string Activity { get; init; } = "Backing up";

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly List<Row> _shown = [];
    private readonly Row _batch = new(BatchRow);
    private int _total;
    private int _ended;
    private int _failed;

    /// <summary>Counts one more database. Its row appears when it has something to say.</summary>
    public Row Add() => new(++_total);

    public void Report(Row row, BackupProgress progress)
    {
        if (row.Take(progress))
        {
            Show(row);
        }
        else
        {
            Tick();
        }
    }

    /// <summary>Takes up a row that has something to say now. From here on it is looked at as often as it may be written.</summary>
    public void Show(Row row)
    {
        row.WrittenAt = Stopwatch.GetTimestamp();
        _shown.Add(row);
        Tick();
    }

    public void End(Row row, bool failed)
    {
        _ended++;
        _failed += failed ? 1 : 0;
        Hide(row);
        Tick();
    }

    /// <summary>Writes the rows that are due, and says in how long the next one may be.</summary>
    public TimeSpan Tick()
    {
        if (_shown.Count == 0)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan wait = Interval;
        if (_total > 1)
        {
            Write(_batch, isNew: !_batch.IsOnScreen, BatchRecord, ref wait);
        }

        foreach (Row row in _shown)
        {
            if (!ReferenceEquals(row.Latest, row.Written))
            {
                Write(row, isNew: _total == 1 && !row.IsOnScreen, () => DatabaseRecord(row), ref wait);
            }
        }

        return wait;
    }

    /// <summary>Ends every row that is on the screen.</summary>
    public void CompleteAll()
    {
        foreach (Row row in _shown.ToArray())
        {
            Hide(row);
        }

        if (_batch.IsOnScreen)
        {
            _batch.IsOnScreen = false;
            ProgressRecord record = BatchRecord();
            record.RecordType = ProgressRecordType.Completed;
            write(record);
        }
    }

    private void Hide(Row row)
    {
        _shown.Remove(row);
        if (row.IsOnScreen)
        {
            row.IsOnScreen = false;
            ProgressRecord record = DatabaseRecord(row);
            record.RecordType = ProgressRecordType.Completed;
            write(record);
        }
    }

    private void Write(Row row, bool isNew, Func<ProgressRecord> record, ref TimeSpan wait)
    {
        TimeSpan left = isNew ? TimeSpan.Zero : Interval - Stopwatch.GetElapsedTime(row.WrittenAt);
        if (left <= TimeSpan.Zero)
        {
            row.WrittenAt = Stopwatch.GetTimestamp();
            row.IsOnScreen = true;
            row.Written = row.Latest;
            write(record());
        }
        else if (left < wait)
        {
            wait = left;
        }
    }

    private ProgressRecord DatabaseRecord(Row row)
    {
        BackupProgress progress = row.Latest!;
        var record = new ProgressRecord(row.Id, VisibleText.Of($"{Activity} {Path.GetFileName(progress.Database)}"), ProgressText.Status(progress))
        {
            CurrentOperation = VisibleText.Of($"to {progress.Backup}"),
            PercentComplete = (int)progress.PercentComplete,
            SecondsRemaining = progress.SecondsRemaining is double seconds ? (int)Math.Min(Math.Ceiling(seconds), int.MaxValue) : -1,
        };
        if (_batch.IsOnScreen)
        {
            record.ParentActivityId = BatchRow;
        }

        return record;
    }

    private ProgressRecord BatchRecord()
    {
        double done = _ended + _shown.Sum(row => row.Latest!.PercentComplete / 100);
        double elapsed = Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        double share = Math.Clamp(done / _total, 0, 1);
        double rate = _shown.Sum(row => row.Latest!.BytesPerSecond);
        return new ProgressRecord(BatchRow, $"{Activity} databases", ProgressText.Batch(_ended, _total, _failed, rate))
        {
            PercentComplete = (int)(100 * share),
            SecondsRemaining = share > 0 ? (int)Math.Min(Math.Ceiling(elapsed * (1 - share) / share), int.MaxValue) : -1,
        };
    }

    /// <summary>One database's row.</summary>
    internal sealed class Row(int id)
    {
        private BackupProgress? _latest;

        public int Id { get; } = id;

        public BackupProgress? Latest => Volatile.Read(ref _latest);

        /// <summary>What its last record said.</summary>
        public BackupProgress? Written { get; set; }

        public bool IsOnScreen { get; set; }

        public long WrittenAt { get; set; }

        /// <summary>Takes how far it is, on any thread.</summary>
        /// <returns>Whether it is the first that it has to say, so that it is to be shown.</returns>
        public bool Take(BackupProgress progress) => Interlocked.Exchange(ref _latest, progress) is null;
    }
}
