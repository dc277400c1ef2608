using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>A finished file on its way into a store: read at the pace that was asked for, with pauses, progress and an end on demand.</summary>
internal sealed class PacedContent(NewBackup backup) : StoreContent
{
    private readonly RateBudget? _rate = backup.Options.MaxBytesPerSecond is long rate ? new RateBudget(rate) : null;

    public override long Bytes { get; } = backup.File.Length;

    public override string? Sha256 => backup.Sha256;

    public override Stream OpenRead() => new PacedStream(backup.File.OpenStream(), Pass);

    private void Pass(int bytes, long done)
    {
        TimeSpan pause = Longer(_rate?.Take(bytes), backup.Options.SharedRate?.Take(bytes));
        backup.Meter.Worked(BackupState.Uploading, done, Bytes);
        if (pause > TimeSpan.Zero)
        {
            backup.Busy.Sleep(pause);
        }
        else
        {
            backup.Busy.PauseIfSuspended();
        }
    }

    private static TimeSpan Longer(TimeSpan? one, TimeSpan? other) =>
        new(Math.Max((one ?? TimeSpan.Zero).Ticks, (other ?? TimeSpan.Zero).Ticks));
}
