using System.Text;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Repository;
using SqliteBackup.Repository.Locking;
using SqliteBackup.Repository.Sealing;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>A repository in a folder of its own, and what tests do with it again and again.</summary>
internal sealed class RepositoryFixture : IDisposable
{
    public const string PasswordText = "correct horse";

    private readonly TempFolder _folder = new();
    private ResticRepository? _opened;

    public RepositoryFixture()
    {
        Store = new LocalStore(_folder["repository"]);
        Restic = new ResticProgram(_folder["repository"], PasswordText);
    }

    public static byte[] Password => Encoding.UTF8.GetBytes(PasswordText);

    public LocalStore Store { get; }

    public ResticProgram Restic { get; }

    public TempFolder Folder => _folder;

    /// <summary>What the Engine warned of.</summary>
    public List<string> Warnings { get; } = [];

    public RepositoryOptions Options => new()
    {
        // Nobody is raced here but by this process.
        LockTimes = new LockTimes { Settle = TimeSpan.FromMilliseconds(10) },

        // Nothing stands by itself while a test looks.
        MaxDelay = TimeSpan.FromHours(1),

        // Nobody guesses here either: restic and the tests derive this key hundreds of times.
        NewKeys = new PasswordKey(2, 1, 1),
        Warn = message =>
        {
            lock (Warnings)
            {
                Warnings.Add(message);
            }
        },
    };

    /// <summary>The repository, opened once: deriving a key takes a while.</summary>
    public ResticRepository Opened => _opened ??= Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ResticRepository Create() => ResticRepository.Create(Store, Password, Options, Token);

    public ResticRepository Open(RepositoryOptions? options = null) => ResticRepository.Open(Store, Password, options ?? Options, Token);

    /// <summary>Backs a file up in a session of its own.</summary>
    public StoredBackup Backup(string path, string? database = null, DateTime? takenAt = null)
    {
        using RepositorySession session = Opened.OpenSession(Token);
        Task<StoredBackup> stored = StoreFile(session, path, database ?? path, takenAt ?? DateTime.UtcNow);
        session.Flush(Token);
        return Done(stored);
    }

    /// <summary>Backs a file up in a session that goes on.</summary>
    public static Task<StoredBackup> StoreFile(RepositorySession session, string path, string database, DateTime takenAt)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return session.Store(RepositoryContent.Of(file, database, takenAt), Token);
    }

    /// <summary>What became of a backup that has to stand by now.</summary>
    public static StoredBackup Done(Task<StoredBackup> stored)
    {
        Assert.True(stored.IsCompleted);
        return stored.GetAwaiter().GetResult();
    }

    /// <summary>Restores a backup through the Engine.</summary>
    public byte[] Restore(RepositorySnapshot snapshot)
    {
        using RepositorySession session = Opened.OpenSession(Token);
        return Restore(session, snapshot);
    }

    public byte[] Restore(RepositorySession session, RepositorySnapshot snapshot)
    {
        string path = _folder[$"restored-{Guid.NewGuid():N}"];
        using (SafeFileHandle target = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            session.Restore(snapshot, target, null, Token);
        }

        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    /// <summary>Restores a backup through restic.</summary>
    public byte[] RestoreByRestic(RepositorySnapshot snapshot)
    {
        string folder = _folder[$"restic-{Guid.NewGuid():N}"];
        Restic.Run("restore", snapshot.Id, "--target", folder);
        string name = Path.GetFileName(snapshot.Database);
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, name));
        Assert.True(File.Exists(Path.Combine(folder, name + ".json")));
        Directory.Delete(folder, recursive: true);
        return bytes;
    }

    public void Dispose()
    {
        _opened?.Dispose();
        Store.Dispose();
        _folder.Dispose();
    }
}
