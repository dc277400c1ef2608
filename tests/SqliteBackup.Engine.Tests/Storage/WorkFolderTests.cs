using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class WorkFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_run_sweeps_what_another_has_just_made()
    {
        Parallel.For(0, TestScale.Count(3000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using WorkFolder made = WorkFolder.Create(_folder.Path);
            File.WriteAllText(Path.Combine(made.Path, "in use"), "");
        });
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_run_left_is_swept()
    {
        string left = _folder["sqlitebackup-work-left"];
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "lock"), "");
        File.WriteAllText(Path.Combine(left, "app.db"), "");

        using WorkFolder made = WorkFolder.Create(_folder.Path);

        Assert.Equal([made.Path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }
}
