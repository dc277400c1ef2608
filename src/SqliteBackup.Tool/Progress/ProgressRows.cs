using System.Globalization;
using System.Management.Automation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SqliteBackup.Tool.Progress;

/// <summary>What is under way, a row an activity, children under their parents.</summary>
internal sealed class ProgressRows
{
    private const int BarWidth = 24;
    private const int NumbersWidth = 18;
    private const int Gaps = 3;

    // For the ^C that the terminal shows: in a full line it would move everything down by one.
    private const int Margin = 3;

    private readonly Lock _gate = new();
    private readonly List<(long Source, ProgressRecord Record)> _records = [];

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _records.Count == 0;
            }
        }
    }

    /// <summary>Takes <paramref name="record"/> in place of the last one of its activity, or away with it when it is completed.</summary>
    public void Update(long source, ProgressRecord record)
    {
        lock (_gate)
        {
            int index = _records.FindIndex(row => row.Source == source && row.Record.ActivityId == record.ActivityId);
            if (record.RecordType == ProgressRecordType.Completed)
            {
                _records.RemoveAll(row => row.Source == source
                    && (row.Record.ActivityId == record.ActivityId || row.Record.ParentActivityId == record.ActivityId));
            }
            else if (index < 0)
            {
                _records.Add((source, record));
            }
            else
            {
                _records[index] = (source, record);
            }
        }
    }

    /// <summary>The rows as they stand, for a terminal of <paramref name="width"/> cells.</summary>
    public IRenderable View(int width)
    {
        Grid grid = new();
        int texts = Math.Max(20, width - BarWidth - NumbersWidth - Gaps - Margin);
        int activityWidth = texts / 2;
        int statusWidth = texts - activityWidth;
        grid.AddColumn(new GridColumn().NoWrap().Width(activityWidth).PadLeft(0).PadRight(1));
        grid.AddColumn(new GridColumn().NoWrap().Width(BarWidth).PadLeft(0).PadRight(1));
        grid.AddColumn(new GridColumn().NoWrap().Width(NumbersWidth).PadLeft(0).PadRight(1));
        grid.AddColumn(new GridColumn().NoWrap().Width(statusWidth).PadLeft(0).PadRight(0));
        foreach ((ProgressRecord record, int depth) in InOrder())
        {
            grid.AddRow(
                Cell(new string(' ', 2 * depth) + record.Activity, activityWidth, new Style(Color.Aqua)),
                new ProgressRowBar(record.PercentComplete),
                Cell(Numbers(record), NumbersWidth, Style.Plain),
                Cell(record.StatusDescription, statusWidth, new Style(Color.Grey)));
        }

        return grid;
    }

    // A row that became two would be left behind when the drawing is taken away.
    private static Text Cell(string text, int width, Style style)
    {
        string line = text.ReplaceLineEndings(" ");
        string shown = line;
        for (int length = line.Length - 1; new Segment(shown).CellCount() > width && length > 0; length--)
        {
            shown = line[..length] + "…";
        }

        return new Text(shown, style);
    }

    private static string Numbers(ProgressRecord record)
    {
        string percent = record.PercentComplete < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{record.PercentComplete,3}%");
        return record.SecondsRemaining < 0 ? percent : $"{percent} {Left(TimeSpan.FromSeconds(record.SecondsRemaining))} left";
    }

    private static string Left(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} s")
        : time.ToString(time.TotalHours < 1 ? @"m\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    private List<(ProgressRecord Record, int Depth)> InOrder()
    {
        lock (_gate)
        {
            List<(ProgressRecord, int)> ordered = [];
            HashSet<int> known = _records.Select(row => row.Record.ActivityId).ToHashSet();
            foreach ((_, ProgressRecord record) in _records.Where(row => !known.Contains(row.Record.ParentActivityId)))
            {
                AddWithChildren(record, depth: 0, ordered);
            }

            return ordered;
        }
    }

    private void AddWithChildren(ProgressRecord record, int depth, List<(ProgressRecord, int)> ordered)
    {
        ordered.Add((record, depth));
        foreach ((_, ProgressRecord child) in _records.Where(row => row.Record.ParentActivityId == record.ActivityId))
        {
            AddWithChildren(child, depth + 1, ordered);
        }
    }
}
