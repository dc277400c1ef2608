using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace SqliteBackup.Stores;

/// <summary>What stores and networks say, as the Engine's own exception, without secrets.</summary>
internal static partial class StoreErrors
{
    // Amazon and Azure take requests that are a quarter of an hour old; some others are stricter.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The name is taken.</summary>
    public static SqliteBackupException Exists(string path) => new(
        BackupFailure.DestinationExists, path, $"'{path}' exists already. Choose another name, or use -Force to replace it.");

    /// <summary>There is no such file.</summary>
    public static SqliteBackupException NotFound(string path, Exception? cause = null) => new(
        BackupFailure.BackupNotFound, path, $"There is no '{path}'. Somebody may have removed it meanwhile.", innerException: cause);

    /// <summary>What may pass.</summary>
    public static SqliteBackupException Unavailable(string path, string what, Exception? cause) => new(
        BackupFailure.StoreUnavailable, path, $"'{path}': {Clean(what)}. Check the network and the server's address, or try again later.", innerException: cause);

    /// <summary>What will not.</summary>
    public static SqliteBackupException Refused(string path, string what, string advice, Exception? cause) => new(
        BackupFailure.StoreRefused, path, $"'{path}': {Clean(what)}. {advice}", innerException: cause);

    /// <summary>The store kept other bytes than those that it was given.</summary>
    public static SqliteBackupException Corrupt(string path, string what) => new(
        BackupFailure.StoreCorrupt, path, $"The store said that '{path}' was stored, but {what}. Nothing there can be relied on: try again, and ask whoever runs it.");

    /// <summary>There is no room.</summary>
    public static SqliteBackupException Full(string path, string what, Exception? cause = null) => new(
        BackupFailure.DestinationFull, path, $"No space is left for '{path}': {Clean(what)}. Free some, or choose another destination.", innerException: cause);

    /// <summary>What an HTTP status means.</summary>
    /// <param name="status">The status.</param>
    /// <param name="code">The store's own word for it.</param>
    /// <param name="message">The store's explanation.</param>
    /// <param name="path">What it is about.</param>
    /// <param name="cause">The exception that it came in.</param>
    /// <param name="storesTime">What the store's clock says, or null where its answer does not tell.</param>
    public static SqliteBackupException FromStatus(HttpStatusCode status, string? code, string message, string path, Exception cause, DateTimeOffset? storesTime = null)
    {
        // An answer without a body does not say so itself.
        if ((int)status is 401 or 403 && storesTime is DateTimeOffset time && DateTimeOffset.UtcNow - time is TimeSpan ahead && ahead.Duration() > MaxClockSkew)
        {
            return Refused(
                path,
                $"this machine's clock is {ahead.Duration().TotalMinutes:N0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the store's, which takes no request from it",
                "Set this machine's clock.",
                cause);
        }

        string what = string.IsNullOrEmpty(code) ? $"{message.TrimEnd('.')} ({(int)status})" : $"{message.TrimEnd('.')} ({code})";
        return (int)status switch
        {
            408 or 429 or 500 or 502 or 503 or 504 => Unavailable(path, what, cause),
            507 => Full(path, what, cause),
            401 or 403 when code is "RequestTimeTooSkewed" => Refused(path, what, "Set this machine's clock.", cause),
            401 or 403 => Refused(path, what, "Check the credentials and what they may do there.", cause),
            404 when code is "NoSuchBucket" or "ContainerNotFound" => Refused(path, what, "Make it first, or check its name.", cause),
            404 => NotFound(path, cause),
            409 or 412 => Exists(path),
            _ => Refused(path, what, "Check the location and the options.", cause),
        };
    }

    /// <summary>What an error of the network means, or null where it is none.</summary>
    public static SqliteBackupException? FromNetwork(Exception exception, string path)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException:
                    return Refused(path, cause.Message.TrimEnd('.'), "The server's certificate is not trusted here.", exception);
                case SocketException { SocketErrorCode: SocketError.HostNotFound }:
                    return Refused(path, cause.Message, "Check how the server's name is written.", exception);
                case SocketException or HttpRequestException or IOException or HttpIOException:
                    return Unavailable(path, Innermost(exception).Message.TrimEnd('.'), exception);
            }
        }

        return null;
    }

    /// <summary>A message without line ends, and without what follows a '?' in an address, where signatures stand.</summary>
    public static string Clean(string message) => Query().Replace(string.Join(' ', message.Split('\n', '\r').Select(line => line.Trim()).Where(line => line.Length > 0)), "?...");

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is not null)
        {
            exception = exception.InnerException;
        }

        return exception;
    }

    [GeneratedRegex(@"(?<=://[^\s""'?]*)\?[^\s""']+", RegexOptions.CultureInvariant)]
    private static partial Regex Query();
}
