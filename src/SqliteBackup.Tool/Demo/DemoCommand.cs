using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using SqliteBackup.Tool.CommandLine;
using SqliteBackup.Tool.Hosting;

namespace SqliteBackup.Tool.Demo;

/// <summary>A newcomer's first minute: a database, a busy writer, a backup of it with live progress, and a check of the copy.</summary>
internal sealed class DemoCommand(DemoOptions options, StandardStreams streams)
{
    private const int PageSize = 4096;
    private const int Steps = 100;
    private const int ExitError = 1;

    private int? _stoppedWith;

    public static int Run(IReadOnlyList<string> words, StandardStreams streams)
    {
        DemoOptions options = DemoOptions.Parse(words);
        if (options.WantsHelp)
        {
            streams.WriteLine(DemoOptions.Help);
            return 0;
        }

        return new DemoCommand(options, streams).Run();
    }

    private int Run()
    {
        string folder = Directory.CreateTempSubdirectory("sqlitebackup-demo-").FullName;
        using StopSignals signals = new(exitCode => _stoppedWith = exitCode);
        try
        {
            return Show(folder);
        }
        catch (OperationCanceledException)
        {
            return _stoppedWith!.Value;
        }
        catch (ToolException) when (_stoppedWith is not null)
        {
            // A Ctrl+C goes to the demo's other processes as well, which then fail.
            return _stoppedWith.Value;
        }
        finally
        {
            if (options.Keep)
            {
                streams.WriteLine($"Kept: {folder}");
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private int Show(string folder)
    {
        string database = Path.Combine(folder, "app.db");
        string megabytes = options.Megabytes.ToString(CultureInfo.InvariantCulture);
        DatabaseFacts made = DemoChild.Ask<DatabaseFacts>(DemoProcess.Create, database, megabytes);
        streams.WriteLine(
            $"A database in WAL mode: {database}, {Figures.Megabytes(new FileInfo(database).Length)}, {Figures.Count(made.Rows)} rows.");

        GoOn();
        using ShellSession session = new(streams, OutputFormat.Text, mayAsk: false);
        GoOn();
        using DemoChild writer = DemoChild.Start(DemoProcess.Write, database);
        writer.ReadLine();
        streams.WriteLine($"A second process adds a row every {DemoProcess.WriteEveryMilliseconds} ms and does not stop.");
        DatabaseFacts before = DemoChild.Ask<DatabaseFacts>(DemoProcess.Count, database);

        GoOn();
        BackupFacts? backup = BackUp(session, database, Path.Combine(folder, "backups"), out int exitCode);
        if (backup is null)
        {
            return exitCode;
        }

        GoOn();
        DatabaseFacts after = DemoChild.Ask<DatabaseFacts>(DemoProcess.Count, database);
        WriterFacts written = writer.Answer<WriterFacts>();
        DatabaseFacts copy = DemoChild.Ask<DatabaseFacts>(DemoProcess.Check, backup.Copy);
        return Judge(new DemoReport(before, copy, after, backup, written, Paced: options.Seconds > 0));
    }

    private void GoOn()
    {
        if (_stoppedWith is not null)
        {
            throw new OperationCanceledException();
        }
    }

    private BackupFacts? BackUp(ShellSession session, string database, string folder, out int exitCode)
    {
        string pace = Pace();
        streams.WriteLine($"Backing it up meanwhile: Backup-SqliteDatabase app.db backups{pace}");
        streams.WriteLine("");

        List<PSObject> results = [];
        exitCode = session.Run(
            ShellScript.FromCommand(
                $"Backup-SqliteDatabase -LiteralPath {Quoted(database)} -Destination {Quoted(folder + Path.DirectorySeparatorChar)}{pace}"),
            results.Add);
        return exitCode == 0 ? Facts(results.Single()) : null;
    }

    // At full speed it would be over before anything could be seen.
    private string Pace()
    {
        if (options.Seconds == 0)
        {
            return "";
        }

        long pages = options.Megabytes * (1L << 20) / PageSize;
        return string.Create(
            CultureInfo.InvariantCulture, $" -PagesPerStep {pages / Steps} -StepDelayMilliseconds {options.Seconds * 1000 / Steps}");
    }

    private int Judge(DemoReport report)
    {
        streams.Draw(report.View(lines: streams.OutputTakesStyles));
        streams.WriteLine("");

        IReadOnlyList<string> broken = report.Broken();
        foreach (string promise in broken)
        {
            streams.WriteErrorLine(promise, PSStyle.Instance.Formatting.Error);
        }

        if (broken.Count > 0)
        {
            return ExitError;
        }

        streams.WriteLine("The copy is whole, and nobody had to stop for it. Now yours:");
        streams.WriteLine("  sqlitebackup Backup-SqliteDatabase <your database> <a folder>");
        return 0;
    }

    private static BackupFacts Facts(PSObject result) => new(
        Property<string>(result, "Destination"),
        Property<long>(result, "Bytes"),
        Property<TimeSpan>(result, "Duration"),
        Property<double>(result, "BytesPerSecond"),
        Property<long>(result, "Restarts"));

    private static T Property<T>(PSObject result, string name) =>
        LanguagePrimitives.ConvertTo<T>(result.Properties[name]?.Value ?? throw new ToolException($"The result has no {name}."));

    private static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
