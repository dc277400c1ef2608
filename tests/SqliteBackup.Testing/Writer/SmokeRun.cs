using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Repository;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Sealing;
using SqliteBackup.Restore;
using SqliteBackup.Storage;

namespace SqliteBackup.Testing.Writer;

/// <summary>
/// For a processor that the tests are not run on, as tests/arm64 does: in a new folder each way of backing up once and what becomes of it
/// compared by content. Says each step with the time it took; what is not as it should be is an exception, and so an exit code.
/// </summary>
internal static class SmokeRun
{
    private static readonly byte[] Password = "correct horse"u8.ToArray();

    public static bool TryRun(string folder, string mode)
    {
        if (mode != "smoke")
        {
            return false;
        }

        string wal = new SampleDatabase { JournalMode = "wal", Megabytes = 1 }.Create(Path.Combine(folder, "wal.db"));
        string rollback = new SampleDatabase { Megabytes = 1 }.Create(Path.Combine(folder, "rollback.db"));
        Step("a backup of a WAL database that is written to", () => UnderWriter(wal, Path.Combine(folder, "out", "wal.db")));
        Step("a backup of a rollback-journal database", () => Compare(rollback, Run(rollback, "rollback.copy.db").Backup));
        Step("Zstandard and a restore into a live database", () => RestoreOver(Run(rollback, "rollback.db.zst", BackupCompression.Zstd).Backup, rollback));
        Step("gzip and a restore to a new name", () => RestoreAs(Run(wal, "wal.db.gz", BackupCompression.Gzip).Backup, wal));
        Step("a compact backup", () => Compact(rollback));
        Step("a snapshot in a repository and a restore of it", () => Snapshot(wal));
        return true;
    }

    private static void Step(string name, Action step)
    {
        long began = Stopwatch.GetTimestamp();
        step();
        Console.WriteLine(FormattableString.Invariant($"ok: {name} ({Stopwatch.GetElapsedTime(began).TotalSeconds:n1} s)"));
    }

    private static BackupResult Run(
        string database, string name, BackupCompression compression = BackupCompression.None, bool compact = false, BackupCatalog? catalog = null) =>
        DatabaseBackup.Run(
            new BackupRequest
            {
                Database = database,
                Destination = catalog is null ? Path.Combine(Path.GetDirectoryName(database)!, "out", name) : name,
                Compression = compression,
                Compact = compact,
                WriteManifest = true,
                Verify = VerifyLevel.Full,
                Catalog = catalog,
            },
            null,
            default);

    // The writer is a thread: a second program would need its processor, too. SQLite locks between connections all the same.
    private static void UnderWriter(string database, string destination)
    {
        long before = Ledger.Read(database).Entries;
        using var stop = new CancellationTokenSource();
        using SqliteConnection connection = CommitLoop.Open(database, busyTimeoutMilliseconds: 10_000);
        var loop = new CommitLoop(connection, Workloads.Prepare("app", connection, database), commitsPerSecond: 20);
        var writer = new Thread(() => loop.Run(stop.Token));
        writer.Start();
        try
        {
            // Slow enough that commits fall into it.
            DatabaseBackup.Run(
                new BackupRequest { Database = database, Destination = destination, Copy = new CopyOptions { PagesPerStep = 20, StepDelay = TimeSpan.FromMilliseconds(50) } },
                null,
                default);
        }
        finally
        {
            stop.Cancel();
            writer.Join();
        }

        LedgerState copy = Ledger.Read(destination);
        Require(copy.IsOneInstant, $"The copy is no instant: {copy}");
        Require(loop.Errors == 0 && loop.Commits > 0, $"The writer: {loop.Commits} commits, {loop.FirstError}");
        Require(copy.Entries >= before && copy.Entries <= Ledger.Read(database).Entries, $"The copy is of no time between: {copy}");
        Require(SampleDatabase.Scalar<string>(destination, "PRAGMA integrity_check") == "ok", "The copy is damaged.");
    }

    private static void RestoreOver(string backup, string database)
    {
        string[] before = DatabaseContent.Of(database);
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "DELETE FROM filler; DELETE FROM entry WHERE number > 3");
        }

        Require(!before.SequenceEqual(DatabaseContent.Of(database)), "Nothing was changed, so nothing would be shown.");
        DatabaseRestore.Run(new RestoreRequest { Backup = backup, Database = database, Overwrite = true }, null, default);
        Compare(before, database);
    }

    private static void RestoreAs(string backup, string original)
    {
        string target = original + ".restored";
        DatabaseRestore.Run(new RestoreRequest { Backup = backup, Database = target }, null, default);
        Compare(original, target);
    }

    private static void Compact(string database)
    {
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "DELETE FROM filler WHERE id % 2 = 0");
        }

        BackupResult result = Run(database, "compact.db", compact: true);
        Compare(database, result.Backup);
        Require(result.Bytes < new FileInfo(database).Length, "Free pages were not left out.");
    }

    private static void Snapshot(string database)
    {
        string folder = Path.Combine(Path.GetDirectoryName(database)!, "repository");

        // A key that is quick to derive: an emulated processor takes twenty seconds for a real one.
        var options = new RepositoryOptions { LockTimes = new LockTimes { Settle = TimeSpan.FromMilliseconds(1) }, NewKeys = new PasswordKey(2, 1, 1) };
        using (var store = new LocalStore(folder))
        {
            ResticRepository.Create(store, Password, options, default).Dispose();
        }

        using RepositoryCatalog catalog = RepositoryCatalog.Open(StoreLocation.Parse($"restic:{folder}/"), new StoreSettings(), Password, options, null, default);
        BackupResult result = Run(database, $"restic:{folder}/", catalog: catalog);
        using FetchedBackup fetched = catalog.Fetch(result.Backup, (_, _) => { }, default);
        Compare(database, fetched.Path);
    }

    private static void Compare(string expected, string database) => Compare(DatabaseContent.Of(expected), database);

    private static void Compare(string[] expected, string database)
    {
        Require(SampleDatabase.Scalar<string>(database, "PRAGMA integrity_check") == "ok", $"'{database}' is damaged.");
        Require(expected.SequenceEqual(DatabaseContent.Of(database)), $"'{database}' has another content.");
    }

    private static void Require(bool isMet, string otherwise)
    {
        if (!isMet)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
