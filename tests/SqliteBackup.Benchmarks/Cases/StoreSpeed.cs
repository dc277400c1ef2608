using System.Diagnostics;
using System.Globalization;
using SqliteBackup.Storage;
using SqliteBackup.Testing;
using SqliteBackup.Testing.Servers;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A large database on its way into a store on loopback, beside what else carries files there.</summary>
internal sealed class StoreSpeed(string scheme) : IBenchmark
{
    private readonly List<IDisposable> _ended = [];
    private string? _folder;

    public string Name => $"stores, {scheme}";

    public string Description =>
        $"Seconds to bring 2 GB times the scale to {(scheme == "S3" ? "Ceph's radosgw (a store in memory)" : "OpenSSH's sshd (files on disk)")} on loopback. The upload alone is ours without a copy, and ends with the comparison of what is stored; the cmdlets are timed as a PowerShell process with its start: Backup makes, checks and hashes a copy first, Copy takes a backup with its manifest from a folder. The notes have their peak memory over that of an idle host.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = new SampleDatabase { Megabytes = 2048 * options.Scale }.Create(Path.Combine(_folder, "app.db"));
        StoreTarget target;
        try
        {
            // Room for the rounds whose files the gateway has not yet cleared away.
            target = scheme == "S3" ? StoreTarget.OfRados(_folder, (long)(8192 * options.Scale) << 20) : StoreTarget.OfSsh(_folder);
        }
        catch (MissingProgramException exception)
        {
            return [new Contender("this store, the upload alone", () => throw exception) { Missing = exception.Message }];
        }

        _ended.Add(target);
        IBackupStore store = target.Open();
        _ended.Add(store);
        string local = Path.Combine(_folder, "local");
        Peers.TimeModule($"$null = Backup-SqliteDatabase '{database}' '{local}/app.db'");
        double idle = Host("$null = Get-Command Backup-SqliteDatabase", null).PeakMegabytes;
        string where = $"-StoreOption {target.StoreOption} -StagingPath '{_folder}/staging'";
        void Clean()
        {
            foreach (StoredFile file in store.List("", recurse: true, default).ToList())
            {
                store.Delete(file.Name, default);
            }
        }

        Contender Cmdlet(string name, string command) => new(name, () => Host(command, idle).Measurement, Clean);
        return
        [
            new Contender("this store, the upload alone", () => Upload(store, database), Clean),
            Cmdlet("Backup-SqliteDatabase", $"$null = Backup-SqliteDatabase '{database}' '{target.Location}app.db' {where}"),
            Cmdlet("Copy-SqliteBackup", $"$null = Copy-SqliteBackup '{local}/app.db' '{target.Location}' {where}"),
            // It can't bring certificates of its own together with its transport, and fails.
            Peers.Program("rclone copy", "rclone", "env", ["-u", "AWS_CA_BUNDLE", "rclone", "copy", "--config", target.RcloneConfig, database, target.RcloneRemote], Clean),
            .. target.SftpCommand is string sftp ? [Peers.Program("sftp put", "sftp", "sh", ["-c", $"echo put '{database}' | {sftp}"], Clean)] : Array.Empty<Contender>(),
        ];
    }

    public void Dispose()
    {
        foreach (IDisposable item in Enumerable.Reverse(_ended))
        {
            item.Dispose();
        }

        Places.Remove(_folder);
    }

    private static Measurement Upload(IBackupStore store, string database)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        store.Put("app.db", new FileContent(database), PutMode.CreateNew, default);
        return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }

    private static (Measurement Measurement, double PeakMegabytes) Host(string command, double? idle)
    {
        (double seconds, double peak) = MeasuredShell.Run(command);
        string? note = idle is double least ? string.Create(CultureInfo.InvariantCulture, $"peak {peak - least:0} MB over the idle host's {least:0}") : null;
        return (new Measurement(seconds, null, note), peak);
    }

    private sealed class FileContent(string path) : StoreContent
    {
        public override long Bytes { get; } = new FileInfo(path).Length;

        public override Stream OpenRead() => File.OpenRead(path);
    }
}
