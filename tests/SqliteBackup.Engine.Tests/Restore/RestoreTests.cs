using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Restore;

namespace SqliteBackup.Engine.Tests.Restore;

public sealed class RestoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete", BackupCompression.None)]
    [InlineData("wal", BackupCompression.None)]
    [InlineData("wal", BackupCompression.Gzip)]
    [InlineData("delete", BackupCompression.Zstd)]
    public void A_missing_database_is_made(string journalMode, BackupCompression compression)
    {
        string source = RestoreRun.Make(_folder, "app.db", journalMode, megabytes: 2, version: 7);
        string backup = _folder["app.backup"];
        DatabaseBackup.Run(
            new BackupRequest { Database = source, Destination = backup, Compression = compression, WriteManifest = true }, null, TestContext.Current.CancellationToken);

        RestoreResult result = RestoreRun.Run(backup, _folder["new/app.db"], overwrite: false);

        Assert.False(result.Replaced);
        Assert.Null(result.SafetyCopy);
        Assert.Equal(new FileInfo(result.Database).Length, result.Bytes);
        Assert.Equal(["app.db"], _folder.Files("new"));
        RestoreRun.AssertEqual(source, result.Database);
    }

    [Theory]
    [InlineData("delete", 4096, 4096)]
    [InlineData("wal", 4096, 4096)]
    [InlineData("delete", 1024, 4096)]
    [InlineData("delete", 4096, 1024)]
    [InlineData("delete", 65536, 512)]
    [InlineData("delete", 512, 65536)]
    [InlineData("wal", 1024, 4096)]
    [InlineData("wal", 8192, 4096)]
    [InlineData("truncate", 4096, 8192)]
    public void A_database_in_use_gets_the_content_and_keeps_its_journal_mode(string journalMode, int targetPages, int backupPages)
    {
        foreach (double megabytes in (double[])[0.2, 6])
        {
            string target = RestoreRun.Make(_folder, $"app{megabytes}.db", journalMode, targetPages, megabytes: 2, version: 1);
            string source = RestoreRun.Make(_folder, $"other{megabytes}.db", "delete", backupPages, megabytes, entries: 20, version: 2);
            string[] before = DatabaseContent.Of(target);
            using SqliteConnection application = SampleDatabase.Open(target);
            Assert.Equal(before, DatabaseContent.Of(application));
            var observer = new RecordingObserver();

            RestoreResult result = RestoreRun.Run(source, target, observer: observer);

            Assert.True(result.Replaced);
            Assert.Equal(DatabaseContent.Of(source), DatabaseContent.Of(application));
            SampleDatabase.Execute(application, $"BEGIN; {Ledger.Move(1)} COMMIT");
            SampleDatabase.Execute(application, $"BEGIN; DELETE FROM entry WHERE number = (SELECT max(number) FROM entry); ROLLBACK");
            application.Dispose();
            Assert.Equal(journalMode == "wal" ? "wal" : "delete", SampleDatabase.Scalar<string>(target, "PRAGMA journal_mode"));
            Assert.Equal(journalMode == "wal" ? targetPages : backupPages, SampleDatabase.Scalar<long>(target, "PRAGMA page_size"));
            Assert.Equal(journalMode == "wal" && targetPages != backupPages, observer.Warnings.Count > 0);
            Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
            Assert.Equal(21, Ledger.Read(target).Entries);
            Assert.Equal(before, DatabaseContent.Of(result.SafetyCopy!));
            Assert.DoesNotContain(_folder.Files(), name => name.Contains(".partial-", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_wal_backup_does_not_put_its_journal_mode_on_the_database()
    {
        string target = RestoreRun.Make(_folder, "app.db");
        string source = RestoreRun.Make(_folder, "other.db", "wal", version: 2);

        RestoreRun.Run(source, target);

        Assert.Equal("delete", SampleDatabase.Scalar<string>(target, "PRAGMA journal_mode"));
        RestoreRun.AssertEqual(source, target);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void A_backup_in_another_encoding_is_restored_with_a_warning(string journalMode)
    {
        string target = RestoreRun.Make(_folder, "app.db", journalMode);
        string source = new SampleDatabase { Encoding = "UTF-16le", Entries = 30 }.Create(_folder["other.db"]);
        var observer = new RecordingObserver();
        using SqliteConnection application = SampleDatabase.Open(target);
        Assert.Equal(10, Ledger.Read(application).Entries);

        RestoreRun.Run(source, target, observer: observer);

        Assert.Contains("encoding", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        SqliteException error = Assert.Throws<SqliteException>(() => Ledger.Read(application));
        Assert.Contains("encoding", error.Message, StringComparison.Ordinal);
        application.Dispose();
        RestoreRun.AssertEqual(source, target);
    }

    [Fact]
    public void Commits_that_are_only_in_the_backups_wal_are_restored()
    {
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        WriterProcess.Crash(source, "crash-wal");
        string[] before = FolderSnapshot.Take(_folder.Path);

        RestoreRun.Run(source, _folder["new.db"]);

        Assert.Equal(12, Ledger.Read(_folder["new.db"]).Entries);
        Assert.Equal(before, FolderSnapshot.Take(_folder.Path).Where(line => !line.StartsWith("new.db", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("crash-wal")]
    [InlineData("crash-journal")]
    public void A_database_that_a_crash_left_is_restored_into(string crash)
    {
        string target = RestoreRun.Make(_folder, "app.db");
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        WriterProcess.Crash(target, crash);

        RestoreResult result = RestoreRun.Run(source, target);

        RestoreRun.AssertEqual(source, target);
        Assert.True(Ledger.Read(result.SafetyCopy!).IsOneInstant);
    }

    [Fact]
    public void Sidecars_of_a_database_that_is_gone_are_put_aside_and_not_replayed()
    {
        string gone = RestoreRun.Make(_folder, "app.db");
        WriterProcess.Crash(gone, "crash-wal");
        File.Delete(gone);
        File.WriteAllText(gone + "-journal", "old");
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        var observer = new RecordingObserver();

        RestoreRun.Run(source, gone, observer: observer);

        RestoreRun.AssertEqual(source, gone);
        Assert.Equal(3, observer.Warnings.Count);
        Assert.All(observer.Warnings, warning => Assert.Contains("before-restore", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void An_existing_database_needs_overwrite()
    {
        string target = RestoreRun.Make(_folder, "app.db");
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        string[] before = FolderSnapshot.Take(_folder.Path);

        SqliteBackupException exception = BackupRun.Fails(BackupFailure.DestinationExists, () => RestoreRun.Run(source, target, overwrite: false));

        Assert.Contains("-Force", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    [Fact]
    public void No_safety_copy_is_made_when_none_is_wanted_and_a_taken_name_is_refused()
    {
        string target = RestoreRun.Make(_folder, "app.db");
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        var request = new RestoreRequest { Backup = source, Database = target, Overwrite = true };

        BackupRun.Fails(BackupFailure.DestinationExists, () => RestoreRun.Run(request with { SafetyCopyPath = source }));
        Assert.Equal(1, SampleDatabase.Scalar<long>(target, "PRAGMA user_version"));
        Assert.Null(RestoreRun.Run(request with { TakeSafetyCopy = false }).SafetyCopy);

        Assert.Equal(["app.db", "other.db"], _folder.Files());
    }

    [Theory]
    [InlineData(BackupFailure.IntegrityCheckFailed)]
    [InlineData(BackupFailure.ChecksumMismatch)]
    [InlineData(BackupFailure.NotADatabase)]
    [InlineData(BackupFailure.FileNotFound)]
    public void A_bad_backup_leaves_the_database_alone(BackupFailure expected)
    {
        string target = RestoreRun.Make(_folder, "app.db");
        string backup = _folder["other.backup"];
        DatabaseBackup.Run(
            new BackupRequest { Database = RestoreRun.Make(_folder, "other.db", version: 2), Destination = backup, WriteManifest = expected == BackupFailure.ChecksumMismatch },
            null,
            TestContext.Current.CancellationToken);
        Spoil(backup, expected);
        string[] before = FolderSnapshot.Take(_folder.Path);

        BackupRun.Fails(expected, () => RestoreRun.Run(backup, target));

        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void A_locked_database_fails_as_busy_and_stays(string journalMode)
    {
        string target = RestoreRun.Make(_folder, "app.db", journalMode);
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        using (WriterProcess holder = WriterProcess.Start(target, "exclusive"))
        {
            BackupRun.Fails(
                BackupFailure.SourceBusy,
                () => RestoreRun.Run(source, target, copy: new CopyOptions { BusyTimeout = TimeSpan.FromMilliseconds(300) }));
            holder.Stop();
        }

        Assert.Equal(["app.db", "other.db"], _folder.Files());
        Assert.Equal(1, SampleDatabase.Scalar<long>(target, "PRAGMA user_version"));
    }

    [Theory]
    [InlineData("delete", false)]
    [InlineData("wal", false)]
    [InlineData("delete", true)]
    [InlineData("wal", true)]
    public void A_restore_that_is_cancelled_or_out_of_time_leaves_the_database_as_it_was(string journalMode, bool outOfTime)
    {
        string target = RestoreRun.Make(_folder, "app.db", journalMode, megabytes: 4);
        string source = RestoreRun.Make(_folder, "other.db", megabytes: 8, version: 2);
        string[] before = DatabaseContent.Of(target);
        using var cancel = new CancellationTokenSource();
        var observer = new RecordingObserver(progress =>
        {
            if (!outOfTime && progress.PageCount > 0 && progress.Remaining < progress.PageCount / 2)
            {
                cancel.Cancel();
            }
        });
        var copy = new CopyOptions { PagesPerStep = 10, StepDelay = TimeSpan.FromMilliseconds(5), Timeout = outOfTime ? TimeSpan.FromSeconds(1) : null };
        var request = new RestoreRequest { Backup = source, Database = target, Overwrite = true, TakeSafetyCopy = !outOfTime, Copy = copy };

        if (outOfTime)
        {
            Assert.Contains("restore", BackupRun.Fails(BackupFailure.BackupTimedOut, () => RestoreRun.Run(request, observer)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.ThrowsAny<OperationCanceledException>(() => RestoreRun.Run(request, observer, cancel.Token));
            Assert.Contains(observer.Warnings, warning => warning.Contains("safety copy", StringComparison.Ordinal));
        }

        Assert.Equal(before, DatabaseContent.Of(target));
        Assert.DoesNotContain(_folder.Files(), name => name.Contains(".partial-", StringComparison.Ordinal) || name.EndsWith("-journal", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_database_is_not_restored_into()
    {
        string target = _folder["app.db"];
        File.WriteAllBytes(target, [.. Enumerable.Repeat((byte)'x', 8192)]);
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        string[] before = FolderSnapshot.Take(_folder.Path);

        SqliteBackupException exception = BackupRun.Fails(BackupFailure.RestoreFailed, () => RestoreRun.Run(source, target));

        Assert.Contains("move it away", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void A_database_with_damaged_pages_or_without_any_is_restored_into(string journalMode)
    {
        string target = RestoreRun.Make(_folder, "app.db", journalMode);
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        using (FileStream file = File.OpenWrite(target))
        {
            file.Position = 4096 * 3;
            file.Write(new byte[4096 * 20]);
        }

        byte[] damaged = File.ReadAllBytes(target);
        RestoreResult result = RestoreRun.Run(source, target);
        RestoreRun.AssertEqual(source, target);
        Assert.Equal(damaged[4096..], File.ReadAllBytes(result.SafetyCopy!)[4096..]);

        File.WriteAllBytes(_folder["empty.db"], []);
        RestoreRun.Run(source, _folder["empty.db"]);
        RestoreRun.AssertEqual(source, _folder["empty.db"]);
    }

    [Fact]
    public void The_databases_rights_stay_and_a_new_one_has_the_backups()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rights are the folder's there.");
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string target = RestoreRun.Make(_folder, "app.db");
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        File.SetUnixFileMode(target, Private | UnixFileMode.GroupRead);
        File.SetUnixFileMode(source, Private);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0x1ED);

        RestoreResult result = RestoreRun.Run(source, target);
        RestoreRun.Run(source, _folder["new.db"]);

        Assert.Equal(Private | UnixFileMode.GroupRead, File.GetUnixFileMode(target));
        Assert.Equal(Private | UnixFileMode.GroupRead, File.GetUnixFileMode(result.SafetyCopy!));
        Assert.Equal(Private, File.GetUnixFileMode(_folder["new.db"]));
    }

    [Fact]
    public void A_link_to_the_database_is_followed_and_one_to_the_backup_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        string target = RestoreRun.Make(_folder, "real/app.db");
        string source = RestoreRun.Make(_folder, "other.db", version: 2);
        File.CreateSymbolicLink(_folder["link.db"], target);
        File.CreateSymbolicLink(_folder["self.db"], source);
        File.CreateSymbolicLink(_folder["nowhere.db"], _folder["missing.db"]);

        BackupRun.Fails(BackupFailure.DestinationIsSource, () => RestoreRun.Run(source, _folder["self.db"]));
        BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => RestoreRun.Run(source, _folder["nowhere.db"]));
        RestoreRun.Run(source, _folder["link.db"]);

        RestoreRun.AssertEqual(source, target);
        Assert.NotNull(new FileInfo(_folder["link.db"]).LinkTarget);
    }

    private static void Spoil(string backup, BackupFailure expected)
    {
        if (expected == BackupFailure.FileNotFound)
        {
            File.Delete(backup);
            return;
        }

        using FileStream file = File.OpenWrite(backup);
        file.Position = expected == BackupFailure.NotADatabase ? 0 : 4096 * 5;
        file.Write(new byte[4096]);
    }
}
