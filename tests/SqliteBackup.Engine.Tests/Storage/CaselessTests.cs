using SqliteBackup.Catalog;
using SqliteBackup.Platform;

namespace SqliteBackup.Engine.Tests.Storage;

/// <summary>Where the file system does not tell case apart, two names that differ in nothing else are one file.</summary>
public sealed class CaselessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CaselessFileSystem? _disk;

    public CaselessTests() => _disk = CaselessFileSystem.TryMount(_folder["disk"]);

    public void Dispose()
    {
        _disk?.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("APP.DB-WAL")]
    [InlineData("App.db-Journal")]
    [InlineData("app.db-SHM")]
    public void A_file_of_a_database_is_known_in_any_case(string name)
    {
        Assert.SkipWhen(_disk is null, CaselessFileSystem.Missing);
        new SampleDatabase { JournalMode = "wal" }.Create(_folder["disk/app.db"]);
        string source = new SampleDatabase().Create(_folder["other.db"]);

        BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(source, _folder[$"disk/{name}"], overwrite: true));

        Assert.Equal(["app.db"], _folder.Files("disk"));
    }

    [Fact]
    public void Where_case_counts_such_a_name_is_any_name()
    {
        Assert.SkipWhen(FileCase.IsIgnoredIn(_folder.Path), "the temporary files lie where case does not count");
        string source = new SampleDatabase().Create(_folder["app.db"]);

        BackupRun.Run(source, _folder["APP.DB-WAL"]);

        Assert.True(File.Exists(_folder["APP.DB-WAL"]));
    }

    [Fact]
    public void Two_databases_get_two_names()
    {
        Assert.SkipWhen(_disk is null, CaselessFileSystem.Missing);
        File.WriteAllText(_folder["disk/here.txt"], "");
        var destinations = new BackupDestinations();
        var format = SqliteBackup.Storage.FileNameFormat.Parse("{name}{extension}");

        Assert.Equal(_folder["disk/App.db"], destinations.Choose("/one/App.db", _folder["disk"], format, DateTime.UtcNow));
        Assert.Equal(_folder["disk/app-2.db"], destinations.Choose("/two/app.db", _folder["disk"], format, DateTime.UtcNow));
        BackupRun.Fails(BackupFailure.DestinationExists, () => destinations.Choose("/two/app.db", _folder["disk/APP.DB"], format, DateTime.UtcNow));
        Assert.Equal(BackupDestinations.KeyOf(_folder["disk/a"]), BackupDestinations.KeyOf(_folder["disk/A"]));
        Assert.NotEqual(BackupDestinations.KeyOf(_folder["a"]), BackupDestinations.KeyOf(_folder["A"]));
    }

    [Fact]
    public void A_database_is_chosen_in_any_case_where_its_folder_ignores_it()
    {
        Assert.SkipWhen(_disk is null, CaselessFileSystem.Missing);
        File.WriteAllText(_folder["disk/here.txt"], "");
        CatalogEntry[] backups = [Entry("disk/app.db"), Entry("app.db")];

        Assert.Equal([backups[0]], new BackupSelection { Databases = [_folder["disk/APP.db"], _folder["APP.db"]] }.Of(backups));

        CatalogEntry Entry(string database) => new() { Backup = _folder["backup"], Database = _folder[database], Host = "here" };
    }

    [Fact]
    public void An_empty_folder_is_asked_by_its_own_name()
    {
        Assert.SkipWhen(_disk is null, CaselessFileSystem.Missing);
        Directory.CreateDirectory(_folder["disk/empty"]);
        Directory.CreateDirectory(_folder["empty"]);

        Assert.True(FileCase.IsIgnoredIn(_folder["disk/empty"]));
        Assert.True(FileCase.IsIgnoredIn(_folder["disk/empty/to/be"]));
        Assert.False(FileCase.IsIgnoredIn(_folder["empty"]));
    }
}
