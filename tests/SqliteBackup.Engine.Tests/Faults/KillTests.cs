using SqliteBackup.Engine.Publishing;

namespace SqliteBackup.Engine.Tests.Faults;

public sealed class KillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_killed_loop_of_backups_leaves_under_a_final_name_is_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the loop is started by a POSIX shell");
        Random random = FaultScale.CreateRandom();
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        int abandoned = 0;
        int whole = 0;
        int inTheMiddle = 0;
        int kills = FaultScale.Of(200);
        for (int kill = 0; kill < kills; kill++)
        {
            using (Looper.Start(database))
            {
                // The moment is what is random here; nothing is waited for.
                Thread.Sleep(random.Next(400));
            }

            string[] files = Directory.GetFiles(_folder["out"]);
            abandoned += files.Count(StagingName.Matches);
            inTheMiddle += files.Any(StagingName.Matches) ? 1 : 0;
            foreach (string path in files.Where(path => !StagingName.Matches(path) && !path.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal)))
            {
                DrillResult result = BackupDrill.Run(new DrillRequest { Path = path }, TestContext.Current.CancellationToken);
                Assert.True(result.Status == DrillStatus.Ok, $"{path}: {string.Join("; ", result.Findings)}");
                Assert.True(Ledger.Read(path).IsOneInstant);
                whole++;
            }

            StagingName.SweepAbandoned(_folder["out"]);
            Assert.DoesNotContain(_folder.Files("out"), StagingName.Matches);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {whole} whole files looked at, {inTheMiddle} kills in the middle of a backup, {abandoned} staging files swept");
        Assert.True(whole > 0);
        Assert.InRange(inTheMiddle, kills / 10, kills);
    }
}
