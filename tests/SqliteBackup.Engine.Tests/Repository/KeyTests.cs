using System.Text;
using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class KeyTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_repository_of_ours_is_one_to_restic_and_takes_its_backups()
    {
        ResticProgram.SkipIfMissing();
        _fixture.Create().Dispose();
        string file = _fixture.Folder["file.txt"];
        File.WriteAllText(file, "text");
        _fixture.Restic.Run("backup", file);
        _fixture.Restic.Check();
        using ResticRepository repository = _fixture.Open();
        Assert.Empty(repository.List(Token));
    }

    [Fact]
    public void A_repository_of_restics_is_opened()
    {
        ResticProgram.SkipIfMissing();
        _fixture.Restic.Run("init", "--repository-version", "2");
        using ResticRepository repository = _fixture.Open();
        Assert.Single(repository.Keys.List(Token));
    }

    [Fact]
    public void Version_1_is_refused_with_what_to_do()
    {
        ResticProgram.SkipIfMissing();
        _fixture.Restic.Run("init", "--repository-version", "1");
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => _fixture.Open());
        Assert.Equal(BackupFailure.RepositoryNotFound, exception.Failure);
        Assert.Contains("restic migrate upgrade_repo_v2", exception.Message);
    }

    [Fact]
    public void Only_its_passwords_open_it_and_the_last_key_stays()
    {
        using ResticRepository repository = _fixture.Create();
        RepositoryKey added = repository.Keys.Add("second"u8, Token);
        using (ResticRepository second = ResticRepository.Open(_fixture.Store, "second"u8, null, Token))
        {
            Assert.Equal(added.Id, second.Keys.List(Token).Single(key => key.IsCurrent).Id);
            Assert.Equal(repository.Id, second.Id);
        }

        repository.Keys.Remove(added.Id[..10], Token);
        SqliteBackupException wrong = Assert.Throws<SqliteBackupException>(() => ResticRepository.Open(_fixture.Store, "second"u8, null, Token));
        Assert.Equal(BackupFailure.PasswordWrong, wrong.Failure);
        SqliteBackupException last = Assert.Throws<SqliteBackupException>(() => repository.Keys.Remove(repository.Keys.List(Token)[0].Id, Token));
        Assert.Equal(BackupFailure.InvalidOption, last.Failure);
        _fixture.Open().Dispose();
    }

    [Fact]
    public void Keys_that_restic_adds_open_it_and_ours_open_it_for_restic()
    {
        ResticProgram.SkipIfMissing();
        using ResticRepository repository = _fixture.Create();
        string file = _fixture.Folder["password"];
        File.WriteAllText(file, "from restic");
        _fixture.Restic.Run("key", "add", "--new-password-file", file);
        ResticRepository.Open(_fixture.Store, "from restic"u8, null, Token).Dispose();
        repository.Keys.Add(Encoding.UTF8.GetBytes("päss wörd"), Token);
        new ResticProgram(_fixture.Folder["repository"], "päss wörd").Check();
    }

    [Fact]
    public void A_missing_one_a_second_one_and_an_empty_password_are_errors()
    {
        Assert.Equal(BackupFailure.RepositoryNotFound, Assert.Throws<SqliteBackupException>(() => _fixture.Open()).Failure);
        Assert.Equal(BackupFailure.InvalidOption, Assert.Throws<SqliteBackupException>(() => ResticRepository.Create(_fixture.Store, [], null, Token)).Failure);
        _fixture.Create().Dispose();
        Assert.Equal(BackupFailure.DestinationExists, Assert.Throws<SqliteBackupException>(() => _fixture.Create()).Failure);
        File.Delete(_fixture.Folder["repository/config"]);
        Assert.Equal(BackupFailure.StoreCorrupt, Assert.Throws<SqliteBackupException>(() => _fixture.Open()).Failure);
        Assert.Equal(BackupFailure.StoreCorrupt, Assert.Throws<SqliteBackupException>(() => _fixture.Create()).Failure);
    }
}
