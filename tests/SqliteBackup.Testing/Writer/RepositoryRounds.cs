using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Repository;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Storage;

namespace SqliteBackup.Testing.Writer;

/// <summary>
/// Works in a repository for each line of its standard input: "file|ticks" backs the file up as of an instant, forgets all but the newest
/// three backups, and prunes. Answers as <see cref="Rounds"/> do. "file|ticks|n" does not outlive the n-th change that it is about to make.
/// </summary>
internal static class RepositoryRounds
{
    public static bool TryRun(string folder, string mode)
    {
        if (mode != "repository-rounds")
        {
            return false;
        }

        // Nobody else locks at the same time, and a kill while it waits for others would show nothing.
        var options = new RepositoryOptions { LockTimes = new LockTimes { Settle = TimeSpan.FromMilliseconds(1) } };
        int left = 0;
        using var local = new LocalStore(folder);
        using var store = new WatchedStore(local, (request, _) =>
        {
            if (request is StoreRequest.Put or StoreRequest.Delete && Interlocked.Decrement(ref left) == 0)
            {
                Process.GetCurrentProcess().Kill();
            }
        });
        using ResticRepository repository = ResticRepository.Open(store, "correct horse"u8, options, default);
        Console.WriteLine("ready");
        while (Console.In.ReadLine() is string line)
        {
            string[] words = line.Split('|');
            left = words.Length > 2 ? int.Parse(words[2], CultureInfo.InvariantCulture) : 0;
            try
            {
                Run(repository, words[0], new DateTime(long.Parse(words[1], CultureInfo.InvariantCulture), DateTimeKind.Utc));
                Console.WriteLine("done");
            }
            catch (SqliteBackupException exception)
            {
                Console.WriteLine($"{exception.Failure}: {exception.Message}");
            }
        }

        return true;
    }

    private static void Run(ResticRepository repository, string path, DateTime takenAt)
    {
        using (RepositorySession session = repository.OpenSession(default))
        {
            using (SafeFileHandle file = File.OpenHandle(path))
            {
                session.Store(RepositoryContent.Of(file, path, takenAt), default);
            }

            session.Flush(default);
            session.Forget(session.Snapshots.Skip(3), default);
        }

        RepositoryPruner.Run(repository, new PruneOptions { MaxUnusedPercent = 0 }, default);
    }
}
