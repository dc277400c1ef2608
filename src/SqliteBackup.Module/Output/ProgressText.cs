using System.Globalization;
using System.Text;

namespace SqliteBackup.Output;

/// <summary>What a progress row says in words.</summary>
internal static class ProgressText
{
    public static string Status(BackupProgress progress)
    {
        var text = new StringBuilder(progress.State switch
        {
            BackupState.Queued => "Queued",
            BackupState.Paused => "Paused",
            BackupState.Checking => "Checking the copy",
            BackupState.Compressing => "Compressing the copy",
            BackupState.Encrypting => "Encrypting the copy",
            BackupState.Uploading => "Uploading the copy",
            BackupState.Downloading => "Downloading the backup",
            BackupState.Publishing => "Publishing the copy",
            BackupState.Waiting => WaitingFor(progress.WaitingFor),
            BackupState.Completed => "Completed",
            BackupState.Failed => "Failed",
            BackupState.Stopped => "Stopped",
            _ => "Copying",
        });
        if (progress.PageCount > 0)
        {
            long copied = progress.PageCount - progress.Remaining;
            text.Append(
                CultureInfo.CurrentCulture,
                $": {progress.PercentComplete:0} %, {copied:N0} of {progress.PageCount:N0} pages, {Text.Size((double)copied * progress.PageSize)}");
        }

        if (progress.BytesPerSecond > 0)
        {
            text.Append(", ").Append(Text.Rate(progress.BytesPerSecond));
        }

        if (progress.Restarts > 0)
        {
            text.Append(CultureInfo.CurrentCulture, $", {Count(progress.Restarts, "restart")}");
        }

        if (progress.BusyRetries > 0)
        {
            text.Append(CultureInfo.CurrentCulture, $", {Count(progress.BusyRetries, "wait")} for a lock");
        }

        if (progress.WalBytes > 0)
        {
            text.Append(", WAL ").Append(Text.Size(progress.WalBytes));
        }

        return text.ToString();
    }

    public static string Batch(int ended, int total, int failed, double bytesPerSecond)
    {
        var text = new StringBuilder().Append(CultureInfo.CurrentCulture, $"{ended} of {Count(total, "database")}");
        if (failed > 0)
        {
            text.Append(CultureInfo.CurrentCulture, $", {failed} failed");
        }

        if (bytesPerSecond > 0)
        {
            text.Append(", ").Append(Text.Rate(bytesPerSecond));
        }

        return text.ToString();
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.CurrentCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string WaitingFor(BackupWait wait) => wait switch
    {
        BackupWait.Lock => "Waiting for a lock",
        BackupWait.RateLimit => "Held to the rate limit",
        BackupWait.StepDelay => "Pausing between steps",
        _ => "Waiting",
    };
}
