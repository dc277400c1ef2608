using System.Management.Automation;
using SqliteBackup.Running;

namespace SqliteBackup.Output;

/// <summary>A progress row for one file that is worked on by the pipeline thread itself. It ends as Completed, however the work ends.</summary>
internal sealed class ByteProgress(PSCmdlet cmdlet, string activity) : IDisposable
{
    private readonly CmdletStreams _streams = new(cmdlet);
    private bool _isShown;

    public void Report(long done, long total)
    {
        _isShown = true;
        _streams.WriteProgress(new ProgressRecord(0, Text.Line(activity), $"{Text.Size(done)} of about {Text.Size(total)}")
        {
            PercentComplete = total == 0 ? -1 : (int)Math.Min(99, 100.0 * done / total),
        });
    }

    public void Dispose()
    {
        if (_isShown)
        {
            _streams.WriteProgress(new ProgressRecord(0, Text.Line(activity), "Completed") { RecordType = ProgressRecordType.Completed });
        }
    }
}
