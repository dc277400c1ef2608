using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SqliteBackup.Tool.Hosting;

/// <summary>The three standard streams of the process: results to the first, everything else that is said to the other.</summary>
internal sealed class StandardStreams : IDisposable
{
    private const int WidthWithoutTerminal = 120;
    private const int StandardOutput = 1;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Lock _gate = new();
    private readonly TextWriter _out;
    private readonly TextWriter _error;

    private StandardStreams(TextWriter output, TextWriter error)
    {
        _out = output;
        _error = error;
        Terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!OutputIsTerminal)
        {
            Terminal.Profile.Width = WidthWithoutTerminal;
        }

        OutputTakesStyles = OutputIsTerminal && Terminal.Profile.Capabilities.Ansi;
        ErrorTakesStyles = ErrorIsTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""
            && AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) }).Profile.Capabilities.Ansi;
    }

    /// <summary>Raised once, when whoever read our output has gone.</summary>
    public event Action? OutputLost;

    /// <summary>Called before any text is written, so that what is drawn live can be taken away first.</summary>
    public Action? BeforeText { get; set; }

    /// <summary>Standard output, for what is drawn live.</summary>
    public IAnsiConsole Terminal { get; }

    public bool InputIsTerminal { get; } = !Console.IsInputRedirected;

    public bool OutputIsTerminal { get; } = !Console.IsOutputRedirected;

    public bool ErrorIsTerminal { get; } = !Console.IsErrorRedirected;

    /// <summary>Whether colours and live drawing may be written to standard output.</summary>
    public bool OutputTakesStyles { get; }

    /// <summary>Whether colours may be written to standard error.</summary>
    public bool ErrorTakesStyles { get; }

    public bool IsOutputLost { get; private set; }

    /// <summary>The width of a line of results, in cells.</summary>
    public int Width => Terminal.Profile.Width;

    public static StandardStreams Open()
    {
        if (OperatingSystem.IsWindows() && !(Console.IsOutputRedirected && Console.IsErrorRedirected))
        {
            Console.OutputEncoding = Utf8;
        }

        return new StandardStreams(
            Console.IsOutputRedirected ? Writer(OpenRedirectedOutput()) : Console.Out,
            Console.IsErrorRedirected ? Writer(Console.OpenStandardError()) : Console.Error);
    }

    /// <summary>All of standard input.</summary>
    public static string ReadAllInput()
    {
        using StreamReader reader = new(Console.OpenStandardInput(), Utf8);
        return reader.ReadToEnd();
    }

    /// <summary>The lines of standard input.</summary>
    public static IEnumerable<string> ReadInputLines()
    {
        using StreamReader reader = new(Console.OpenStandardInput(), Utf8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    public void Write(string text) => WriteOutput(text);

    public void WriteLine(string text) => WriteOutput(text + Environment.NewLine);

    /// <summary>Draws on standard output.</summary>
    public void Draw(IRenderable drawing)
    {
        StringWriter text = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = OutputTakesStyles ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = OutputTakesStyles ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = Width;
        console.Write(drawing);
        foreach (string line in text.ToString().TrimEnd().Split('\n'))
        {
            WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Writes to standard error, in <paramref name="style"/> where that is a terminal.</summary>
    /// <param name="text">The text, without a line end.</param>
    /// <param name="style">One of the escape sequences of the engine's <c>$PSStyle</c>.</param>
    public void WriteErrorLine(string text, string style = "")
    {
        BeforeText?.Invoke();
        bool styled = style.Length > 0 && ErrorTakesStyles;
        lock (_gate)
        {
            _error.WriteLine(styled ? style + text + PSStyle.Instance.Reset : Plain(text, ErrorTakesStyles));
        }
    }

    public void WriteErrorText(string text)
    {
        BeforeText?.Invoke();
        lock (_gate)
        {
            _error.Write(Plain(text, ErrorTakesStyles));
        }
    }

    public void Dispose()
    {
        if (!IsOutputLost)
        {
            _out.Flush();
        }

        _error.Flush();
    }

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8) { AutoFlush = true };

    // The runtime's own stream swallows the loss of a pipe's reader; a FileStream reports it. On a file, though, a FileStream would
    // keep a position of its own and overwrite what other processes write there.
    private static Stream OpenRedirectedOutput()
    {
        if (!OperatingSystem.IsWindows())
        {
            FileStream pipe = new(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!pipe.CanSeek)
            {
                return pipe;
            }
        }

        return Console.OpenStandardOutput();
    }

    private static string Plain(string text, bool takesStyles) =>
        takesStyles ? text : new StringDecorated(text).ToString(OutputRendering.PlainText);

    private void WriteOutput(string text)
    {
        BeforeText?.Invoke();
        bool lostNow = false;
        lock (_gate)
        {
            if (IsOutputLost)
            {
                return;
            }

            try
            {
                _out.Write(Plain(text, OutputTakesStyles));
            }
            catch (IOException)
            {
                IsOutputLost = lostNow = true;
            }
        }

        if (lostNow)
        {
            OutputLost?.Invoke();
        }
    }
}
