using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SqliteBackup.Testing.Writer;

// SqliteBackup.Testing <database> <mode> <commits a second> <busy timeout in ms>
// Prints "ready" when it works, ends when its standard input does, and then prints one line of JSON.
string database = args[0];
string mode = args[1];
double rate = double.Parse(args[2], CultureInfo.InvariantCulture);
int busyTimeout = int.Parse(args[3], CultureInfo.InvariantCulture);

if (Demonstration.TryRun(mode, database, megabytes: rate) || Rounds.TryRun(database, mode) || RepositoryRounds.TryRun(database, mode) || AgeWork.TryRun(database, mode) || SmokeRun.TryRun(database, mode))
{
    return;
}

using var stop = new CancellationTokenSource();
new Thread(() =>
{
    while (Console.In.ReadLine() is not null)
    {
    }

    stop.Cancel();
}) { IsBackground = true }.Start();

if (mode == "backup-loop")
{
    BackupLoop.Run(database, stop.Token);
    return;
}

if (mode == "test")
{
    BackupTesting.Run(database);
    return;
}

if (mode.StartsWith("manifest-crash:", StringComparison.Ordinal))
{
    ManifestCrash.Run(database, mode["manifest-crash:".Length..]);
    return;
}

using SqliteConnection connection = CommitLoop.Open(database, busyTimeout);
if (Crashes.TryRun(mode, connection) || Holders.TryRun(mode, connection, stop.Token))
{
    return;
}

var loop = new CommitLoop(connection, Workloads.Prepare(mode, connection, database), rate);
Console.WriteLine("ready");
loop.Run(stop.Token);
Console.WriteLine(JsonSerializer.Serialize(new
{
    loop.Commits,
    loop.Errors,
    loop.FirstError,
    loop.Times.MedianMilliseconds,
    loop.Times.P99Milliseconds,
    loop.Times.MaxMilliseconds,
}));
