using System.Text.Json;
using System.Text.RegularExpressions;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Rclone;

/// <summary>A folder of an rclone remote: everything that rclone speaks and this module does not.</summary>
internal sealed partial class RcloneStore : RemoteStore
{
    private const int FolderNotFound = 3;
    private const int FileNotFound = 4;
    private const int MayPass = 5;

    private readonly RcloneRunner _rclone;
    private readonly string _folder;

    /// <summary>Starts nothing yet.</summary>
    public RcloneStore(StoreLocation root, StoreSettings settings)
        : base(root, settings)
    {
        if (settings.Credential is not null)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, root.ToString(), "rclone has its own configuration: use 'rclone config' instead of -StoreCredential.");
        }

        _rclone = new RcloneRunner(root, settings);
        string path = root.Path.Length == 0 || root.IsFolder ? root.Path : root.Path + "/";
        _folder = root.Root + path;
    }

    // rclone hides what its many stores can.
    public override StorePromises Promises => StorePromises.None;

    public override void Dispose()
    {
    }

    protected override StoredFile? Look(string name, CancellationToken cancellationToken) => Describe(name, hashes: false, cancellationToken)?.File;

    protected override IEnumerable<StoredFile> Enumerate(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        string folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        string[] arguments = ["lsjson", "--files-only", "--no-mimetype", .. recurse ? (string[])["--recursive"] : [], "--", _folder + folder];
        string json;
        try
        {
            json = _rclone.Run(prefix, arguments, null, cancellationToken);
        }
        catch (RcloneException exception) when (exception.ExitCode is FolderNotFound or FileNotFound)
        {
            return [];
        }

        return (JsonSerializer.Deserialize<RcloneItem[]>(json) ?? [])
            .Select(item => new StoredFile(folder + item.Path, item.Size, item.ModTime.UtcDateTime))
            .Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal));
    }

    protected override Stream Open(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        StoredFile file = Look(name, cancellationToken) ?? throw StoreErrors.NotFound(PathOf(name));
        long rest = Math.Max(0, file.Bytes - offset);
        long count = Math.Min(length ?? rest, rest);
        if (count == 0)
        {
            return Stream.Null;
        }

        RcloneProcess process = _rclone.Start(
            name, ["cat", "--offset", $"{offset}", "--count", $"{count}", "--", _folder + name], hasInput: false, cancellationToken);
        return new DownloadStream(this, name, process.Output.BaseStream, count, process, Settings.Timeout, cancellationToken);
    }

    protected override StoredFile Upload(
        string name, UploadStream source, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        // Some of its stores write under the name at once.
        string staged = StagingName.For(name);
        source.HashMd5();
        try
        {
            _rclone.Run(name, ["rcat", "--size", $"{source.Bytes}", "--", _folder + staged], source, cancellationToken);
            source.ThrowUnlessWhole();
            (StoredFile File, Dictionary<string, string>? Hashes)? stored = Describe(staged, hashes: true, cancellationToken);
            ThrowUnlessThere(stored?.File, name, source);
            if (!IsSame(stored!.Value.Hashes, source))
            {
                ThrowUnlessSame(staged, name, source, cancellationToken);
            }

            Publish(staged, name, mode, cancellationToken);
        }
        catch (Exception)
        {
            TryRemove(staged);
            throw;
        }

        return ThrowUnlessThere(Look(name, cancellationToken), name, source);
    }

    private void Publish(string staged, string name, PutMode mode, CancellationToken cancellationToken)
    {
        if (mode == PutMode.CreateNew && Look(name, cancellationToken) is not null)
        {
            throw Exists(name);
        }

        try
        {
            _rclone.Run(name, ["moveto", "--", _folder + staged, _folder + name], null, cancellationToken);
        }
        catch (RcloneException) when (mode == PutMode.CreateNew && Look(name, cancellationToken) is not null)
        {
            // Another writer took it meanwhile, and the store does not replace what has come since it was looked at.
            throw Exists(name);
        }
    }

    protected override void Remove(string name, CancellationToken cancellationToken)
    {
        try
        {
            _rclone.Run(name, ["deletefile", "--", _folder + name], null, cancellationToken);
        }
        catch (RcloneException) when (Look(name, cancellationToken) is null)
        {
            // Somebody else removed it. The exit code does not tell that from other failures.
        }
    }

    protected override void Sweep(CancellationToken cancellationToken) =>
        RemoveAbandoned(Enumerate("", recurse: true, cancellationToken), () => StoresTime(cancellationToken), cancellationToken);

    protected override SqliteBackupException? Translate(Exception exception, string path)
    {
        if (exception is not RcloneException rclone)
        {
            return null;
        }

        string text = LogPrefix().Replace(rclone.Message.Split('\n').LastOrDefault(line => line.Length > 0) ?? $"rclone ended with {rclone.ExitCode}", "");
        return rclone.ExitCode is FolderNotFound or FileNotFound ? StoreErrors.NotFound(path, rclone)
            : Space().IsMatch(rclone.Message) ? StoreErrors.Full(path, text, rclone)
            : rclone.ExitCode == MayPass || Passing().IsMatch(rclone.Message) ? StoreErrors.Unavailable(path, text, rclone)
            : StoreErrors.Refused(path, text, "Try the same with 'rclone lsf' to see what it says, and check 'rclone config'.", rclone);
    }

    // A hash of any kind that the store states and that was computed on the way.
    private static bool IsSame(Dictionary<string, string>? hashes, UploadStream source) =>
        hashes is not null
        && ((hashes.TryGetValue("sha256", out string? sha256) && sha256 == source.Sha256) || (hashes.TryGetValue("md5", out string? md5) && md5 == source.Md5));

    private (StoredFile File, Dictionary<string, string>? Hashes)? Describe(string name, bool hashes, CancellationToken cancellationToken)
    {
        string json;
        try
        {
            json = _rclone.Run(name, ["lsjson", "--stat", "--no-mimetype", .. hashes ? (string[])["--hash"] : [], "--", _folder + name], null, cancellationToken);
        }
        catch (RcloneException exception) when (exception.ExitCode is FolderNotFound or FileNotFound)
        {
            return null;
        }

        return JsonSerializer.Deserialize<RcloneItem>(json) is { IsDir: false } item
            ? (new StoredFile(name, item.Size, item.ModTime.UtcDateTime), item.Hashes)
            : null;
    }

    // Whose clock the files of a store have their times from is known of none, but a file that was just made has its time from there, too.
    private DateTime StoresTime(CancellationToken cancellationToken)
    {
        string name = StagingName.For("time");
        try
        {
            // Some stores can't have empty files.
            _rclone.Run(name, ["rcat", "--", _folder + name], new MemoryStream([0]), cancellationToken);
            return Look(name, cancellationToken)?.ModifiedAt ?? throw StoreErrors.Corrupt(PathOf(name), "it is not there");
        }
        finally
        {
            TryRemove(name);
        }
    }

    private void TryRemove(string name)
    {
        try
        {
            // Also after Ctrl+C.
            Remove(name, CancellationToken.None);
        }
        catch (Exception exception) when (exception is RcloneException or SqliteBackupException)
        {
            // The store can't be reached: the first error is the one to report, and a sweep removes the file.
        }
    }

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ([A-Z]+ *: *)?", RegexOptions.CultureInvariant)]
    private static partial Regex LogPrefix();

    [GeneratedRegex("no space left|quota exceeded|insufficient storage", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Space();

    [GeneratedRegex(
        @"connection re(fused|set)|timeout|timed out|unexpected EOF|broken pipe|network is unreachable|temporary failure|too many requests|\b(429|500|502|503|504)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Passing();

    private sealed record RcloneItem(string Path, string Name, long Size, DateTimeOffset ModTime, bool IsDir, Dictionary<string, string>? Hashes = null);
}
