using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Storage;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A process is killed between a backup and its manifest: what is left is a backup without one, and nothing is in the way.</summary>
public sealed class ManifestCrashTests : IDisposable
{
    private const int MaxKills = 200;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("named")]
    [InlineData("staged")]
    public void A_kill_between_backup_and_manifest_harms_nothing(string moment)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the process is started by a POSIX shell");
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        // Both names are given one right after the other, so a kill at the sight of the manifest in the making seldom falls between them.
        bool isBetween = moment == "named";
        int wanted = TestScale.Count(20);
        int most = isBetween ? MaxKills : 4 * wanted;
        int without = 0;
        int kills = 0;
        for (; without < wanted && kills < most; kills++)
        {
            using (var process = Looper.Start(database, mode: "manifest-crash:" + moment))
            {
                process.Join();
            }

            AssertManifestsAreWhole();
            without = List().Count(backup => backup.ManifestState == ManifestState.Missing);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills left {without} backups without a manifest");
        Assert.True(!isBetween || without == wanted, $"{kills} kills left {without} backups without a manifest");

        StagingName.SweepAbandoned(_folder["out"]);
        RunWithManifest("next.db");
        RunWithManifest("last.db");

        Assert.DoesNotContain(_folder.Files("out"), StagingName.Matches);
        IReadOnlyList<CatalogEntry> left = List();
        Assert.Equal(["last.db"], left.Where(backup => backup.Manifest is not null).Select(backup => Path.GetFileName(backup.Backup)));
        Assert.Equal(without, left.Count(backup => backup.ManifestState == ManifestState.Missing));
        Assert.All(left, backup =>
        {
            Assert.Equal(BackupTestStatus.Ok, BackupTest.Run(new BackupTestRequest { Path = backup.Backup! }, TestContext.Current.CancellationToken).Status);
            Assert.True(Ledger.Read(backup.Backup!).IsOneInstant);
        });
    }

    private void RunWithManifest(string name) => DatabaseBackup.Run(
        new BackupRequest
        {
            Database = _folder["app.db"],
            Destination = _folder["out/" + name],
            WriteManifest = true,
            Retention = new RetentionPolicy { KeepLast = 1 },
        },
        null,
        TestContext.Current.CancellationToken);

    private void AssertManifestsAreWhole()
    {
        foreach (string manifest in Directory.GetFiles(_folder["out"], "*" + BackupManifest.FileSuffix))
        {
            string backup = manifest[..^BackupManifest.FileSuffix.Length];
            (ManifestState state, BackupManifest? content) = ManifestFile.Read(backup);
            Assert.Equal(ManifestState.Present, state);
            Assert.Equal(Judge.Sha256(backup), content!.Sha256);
        }
    }

    private IReadOnlyList<CatalogEntry> List() => FolderCatalog.List(_folder["out"], recurse: false, CancellationToken.None);
}
