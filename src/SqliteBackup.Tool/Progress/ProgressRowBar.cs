using Spectre.Console;
using Spectre.Console.Rendering;

namespace SqliteBackup.Tool.Progress;

/// <summary>A bar of <paramref name="percent"/>, or one that only shows life where that is negative.</summary>
internal sealed class ProgressRowBar(int percent) : IRenderable
{
    private const double Whole = 100;

    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        ProgressTask task = new(0, "bar", Whole, autoStart: true, TimeProvider.System)
        {
            IsIndeterminate = percent < 0,
            Value = Math.Clamp(percent, 0, Whole),
        };
        ProgressBarColumn column = new() { Width = maxWidth };
        return column.Render(options, task, TimeSpan.Zero).Render(options, maxWidth);
    }
}
