using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class CheckTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("config")]
    [InlineData("keys")]
    [InlineData("index")]
    [InlineData("snapshots")]
    [InlineData("data")]
    public void A_flipped_byte_is_found_and_named_and_never_restored_as_good(string kind)
    {
        (string[] databases, StoredBackup[] backups) = MakeTwo();
        byte[][] contents = [.. databases.Select(File.ReadAllBytes)];
        string[] files = kind == "config"
            ? [_fixture.Folder["repository/config"]]
            : Directory.GetFiles(_fixture.Folder["repository/" + kind], "*", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            foreach (int at in (int[])[0, bytes.Length / 2, bytes.Length - 1, Random.Shared.Next(bytes.Length)])
            {
                byte[] flipped = [.. bytes];
                flipped[at] ^= 0x10;
                File.WriteAllBytes(file, flipped);
                AssertFound(file, backups, contents);
            }

            File.WriteAllBytes(file, bytes);
        }

        ResticRepository repository = _fixture.Opened;
        Assert.Empty(RepositoryCheck.Run(repository, new RepositoryCheckOptions { ReadData = true }, Token).Findings);
    }

    [Fact]
    public void A_missing_pack_hurts_the_backups_that_need_it_and_no_others()
    {
        (string[] _, StoredBackup[] backups) = MakeTwo();
        int[] hurt = new int[backups.Length];
        foreach (string file in Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            File.Delete(file);
            {
                ResticRepository repository = _fixture.Opened;
                RepositoryCheckReport report = RepositoryCheck.Run(repository, new RepositoryCheckOptions(), Token);
                Assert.Contains(report.Findings, finding => finding.IsDamage && finding.File.EndsWith(Path.GetFileName(file), StringComparison.Ordinal));
                RepositorySnapshot named = Assert.Single(report.Hurt);
                hurt[Array.FindIndex(backups, backup => backup.Snapshot.Id == named.Id)]++;
            }

            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal([2, 2], hurt);
    }

    [Fact]
    public void What_a_killed_run_left_is_no_damage()
    {
        MakeTwo();
        string left = _fixture.Folder["repository/data/ab/ab" + new string('0', 62)];
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        File.Copy(Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories)[0], left);
        ResticRepository repository = _fixture.Opened;
        RepositoryCheckReport report = RepositoryCheck.Run(repository, new RepositoryCheckOptions(), Token);
        Assert.True(report.IsSound);
        Assert.Single(report.Findings);
        RepositoryPruner.Run(repository, new PruneOptions(), Token);
        Assert.False(File.Exists(left));
    }

    private (string[] Databases, StoredBackup[] Backups) MakeTwo()
    {
        string[] databases = [_fixture.Folder["one.db"], _fixture.Folder["two.db"]];
        _fixture.Create().Dispose();
        return (databases, [.. databases.Select(database =>
        {
            RandomFile.Change(database, 300_000, changed: 1);
            return _fixture.Backup(database);
        })]);
    }

    private void AssertFound(string file, StoredBackup[] backups, byte[][] contents)
    {
        if (file.EndsWith("config", StringComparison.Ordinal) || file.Contains("/keys/", StringComparison.Ordinal))
        {
            // Without its config or its only key it can't be opened at all.
            SqliteBackupException refused = Assert.Throws<SqliteBackupException>(() => _fixture.Open());
            Assert.Contains(refused.Failure, (BackupFailure[])[BackupFailure.StoreCorrupt, BackupFailure.PasswordWrong]);
            return;
        }

        RepositoryCheckReport report = RepositoryCheck.Run(_fixture.Opened, new RepositoryCheckOptions { ReadData = true }, Token);
        Assert.Contains(report.Findings, finding => finding.IsDamage && finding.File.EndsWith(Path.GetFileName(file), StringComparison.Ordinal));
        for (int i = 0; i < backups.Length; i++)
        {
            SqliteBackupException? exception = null;
            try
            {
                Assert.Equal(contents[i], _fixture.Restore(backups[i].Snapshot));
            }
            catch (SqliteBackupException caught)
            {
                exception = caught;
                Assert.Equal(BackupFailure.StoreCorrupt, caught.Failure);
            }

            bool isHurt = report.Hurt.Any(snapshot => snapshot.Id == backups[i].Snapshot.Id);
            Assert.True(isHurt || exception is null || Path.GetFileName(Path.GetDirectoryName(file)) == "index");
        }
    }
}
