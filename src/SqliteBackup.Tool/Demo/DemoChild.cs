using System.Diagnostics;
using System.Text.Json;

namespace SqliteBackup.Tool.Demo;

/// <summary>
/// Another process of this executable. All of the demonstration's own SQL runs in such ones: this process has the module's SQLite,
/// and two copies of SQLite in one process drop each other's locks.
/// </summary>
internal sealed class DemoChild : IDisposable
{
    private readonly Process _process;
    private readonly string _task;

    private DemoChild(Process process, string task)
    {
        _process = process;
        _task = task;
    }

    /// <summary>Starts <paramref name="task"/> on <paramref name="database"/>.</summary>
    public static DemoChild Start(string task, string database, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(DemoChild).Assembly.Location);
        }

        foreach (string argument in (string[])["demo-process", task, database, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new DemoChild(Process.Start(start)!, task);
    }

    /// <summary>Runs a task to its end and gives its answer.</summary>
    /// <exception cref="ToolException">It failed.</exception>
    public static T Ask<T>(string task, string database, params IEnumerable<string> arguments)
    {
        using DemoChild child = Start(task, database, arguments);
        return child.Answer<T>();
    }

    /// <summary>The next line that it writes.</summary>
    /// <exception cref="ToolException">It ended instead.</exception>
    public string ReadLine() => _process.StandardOutput.ReadLine() ?? throw Failure();

    /// <summary>Tells it to end, and gives its answer.</summary>
    /// <exception cref="ToolException">It failed.</exception>
    public T Answer<T>()
    {
        _process.StandardInput.Close();
        T? answer = JsonSerializer.Deserialize<T>(ReadLine());
        _process.WaitForExit();
        return _process.ExitCode == 0 && answer is not null ? answer : throw Failure();
    }

    /// <summary>Ends it at once, if it has not ended.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private ToolException Failure()
    {
        _process.WaitForExit();
        return new ToolException($"The process that should {_task} failed: {_process.StandardError.ReadToEnd().Trim()}");
    }
}
