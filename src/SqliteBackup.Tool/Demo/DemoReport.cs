using Spectre.Console;
using Spectre.Console.Rendering;

namespace SqliteBackup.Tool.Demo;

/// <summary>What happened, and whether it is what was promised.</summary>
/// <param name="Before">The database before the backup.</param>
/// <param name="Copy">The backup.</param>
/// <param name="After">The database after it.</param>
/// <param name="Backup">What the backup reported.</param>
/// <param name="Writer">What the writer saw.</param>
/// <param name="Paced">Whether the backup was slowed down.</param>
internal sealed record DemoReport(
    DatabaseFacts Before, DatabaseFacts Copy, DatabaseFacts After, BackupFacts Backup, WriterFacts Writer, bool Paced)
{
    /// <summary>Each promise that was not kept; empty when all were.</summary>
    public IReadOnlyList<string> Broken()
    {
        List<string> broken = [];
        if (Copy.Rows < Before.Rows || Copy.Rows > After.Rows)
        {
            broken.Add($"The copy has {Copy.Rows} rows, but there were {Before.Rows} before and {After.Rows} after.");
        }

        if (Copy.Integrity != "ok")
        {
            broken.Add($"The copy is damaged: {Copy.Integrity}");
        }

        if (Writer.Commits == 0 || After.Rows == Before.Rows)
        {
            broken.Add("The writer did not write meanwhile, so nothing was shown.");
        }

        if (Writer.Failures > 0)
        {
            broken.Add($"{Writer.Failures} of the writer's commits failed.");
        }

        foreach (string sidecar in ((string[])["-wal", "-shm", "-journal"]).Where(suffix => File.Exists(Backup.Copy + suffix)))
        {
            broken.Add($"The copy is not a single file: it has a {sidecar} beside it.");
        }

        return broken;
    }

    /// <summary>The facts as a table; without lines where it goes to a file.</summary>
    public IRenderable View(bool lines)
    {
        Table table = new() { Border = lines ? TableBorder.Rounded : TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("").NoWrap());
        table.AddColumn(new TableColumn("").NoWrap().RightAligned());
        table.AddColumn(new TableColumn(""));
        Row(table, "Rows before the backup", Figures.Count(Before.Rows), "");
        Row(table, "Rows in the copy", Figures.Count(Copy.Rows), "the database at one instant between the two");
        Row(table, "Rows after the backup", Figures.Count(After.Rows), "");
        Row(
            table,
            "Restarts of the copy",
            Figures.Count(Backup.Restarts),
            Backup.Restarts == 0 ? "commits do not send it back to its first page" : "");
        Row(table, "The writer's commits", Figures.Count(Writer.Commits), $"{Figures.Count(Writer.Failures)} failed");
        Row(
            table,
            "The writer's longest wait",
            Figures.Milliseconds(Writer.LongestMilliseconds),
            $"half of its commits took {Figures.Milliseconds(Writer.MedianMilliseconds)} or less");
        Row(table, "Integrity of the copy", Copy.Integrity, "PRAGMA integrity_check, by another process");
        Row(table, "Size of the copy", Figures.Megabytes(Backup.Bytes), "one file");
        Row(
            table,
            "Time it took",
            Figures.Seconds(Backup.Duration),
            Paced ? "slowed down to be seen; try --seconds 0" : $"{Figures.Megabytes(Backup.BytesPerSecond)} a second");
        return table;
    }

    private static void Row(Table table, string fact, string value, string remark) =>
        table.AddRow(new Text(fact), new Text(value, new Style(decoration: Decoration.Bold)), new Text(remark, new Style(Color.Grey)));
}
