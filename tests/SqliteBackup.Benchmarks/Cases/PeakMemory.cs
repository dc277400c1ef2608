using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>How much memory a backup, a check and a restore take, and whether it grows with the database.</summary>
internal sealed class PeakMemory : IBenchmark
{
    private string? _folder;

    public string Name => "peak memory";

    public string Description =>
        "Peak resident size (VmHWM) of the PowerShell process in MB: backing up (into a file and into a repository, the first time and unchanged), testing and restoring (over a database that is there, with a safety copy) a small and a large database, sizes times the scale, and doing nothing.";

    public string Unit => "MB";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string small = new SampleDatabase { Megabytes = 100 * options.Scale }.Create(Path.Combine(_folder, "small.db"));
        string medium = new SampleDatabase { Megabytes = 2048 * options.Scale }.Create(Path.Combine(_folder, "medium.db"));
        string large = new SampleDatabase { Megabytes = 4096 * options.Scale }.Create(Path.Combine(_folder, "large.db"));
        string destination = Path.Combine(_folder, "copy.db");
        string? missing = OperatingSystem.IsLinux() ? null : "it is read from /proc";
        Contender Host(string name, string command) => new(name, () => new Measurement(MeasuredShell.Run(command).PeakMegabytes)) { Missing = missing };
        Contender Backup(string name, string database) => Host($"backup, {name}", $"$null = Backup-SqliteDatabase '{database}' '{destination}' -Force");
        Contender Store(string name, string repository, string database) => Host(
            $"backup into a repository, {name}",
            $"$env:RESTIC_PASSWORD = 'x'; $to = \"restic:{_folder}/{repository}\"; if (-not [System.IO.File]::Exists(\"{_folder}/{repository}/config\")) {{ $null = New-SqliteBackupRepository $to }}; $null = Backup-SqliteDatabase '{database}' $to -StagingPath '{_folder}'");
        Contender Test(string name, string database) => Host($"test, {name}", $"$null = Test-SqliteBackup '{database}'");
        Contender Restore(string name, string database) => Host(
            $"restore, {name}",
            $"Restore-SqliteDatabase '{database}' '{destination}' -Force -Confirm:$false -SafetyCopyPath '{destination}.safety'; [System.IO.File]::Delete('{destination}.safety')");
        return
        [
            Backup("4 GB", large),
            Backup("100 MB", small),
            Store("4 GB, the first time", "repo-$PID", large),
            Store("4 GB, unchanged", "repo", large),
            Test("2 GB", medium),
            Test("100 MB", small),
            Restore("2 GB", medium),
            Restore("100 MB", small),
            Host("idle host", "$null = Get-Command Backup-SqliteDatabase"),
        ];
    }

    public void Dispose() => Places.Remove(_folder);
}
