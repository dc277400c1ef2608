using System.Collections.Concurrent;
using System.Text;

namespace SqliteBackup.Registry;

/// <summary>
/// The registry on which every session of this user on this machine posts its backups, and through which each can steer those of the others: a
/// private folder of small files. Safe for use by several threads and processes. No database is ever in it.
/// </summary>
/// <remarks>
/// Whatever is wrong with the folder (no rights, a full disk), a backup never fails for it: it is not seen by other sessions, and its
/// observer is warned once for the process.
/// </remarks>
public sealed class BackupRegistry
{
    private static readonly ConcurrentDictionary<string, BackupRegistry> Boards = new(StringComparer.Ordinal);

    private readonly string _folder;
    private readonly string _controlFolder;
    private readonly object _gate = new();
    private readonly Dictionary<string, RegistryEntry> _running = [];
    private RegistrySession? _session;
    private int _lastNumber;
    private string? _problem;
    private bool _hadProblem;

    private BackupRegistry(string place)
    {
        _folder = Path.Combine(place, "registry");
        _controlFolder = Path.Combine(_folder, "control");
    }

    /// <summary>
    /// The registry of this user: in the folder that the environment variable SQLITEBACKUP_STATE names, or else at the platform's own place
    /// (<c>$XDG_STATE_HOME</c> or <c>~/.local/state</c>, <c>~/Library/Application Support</c>, <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public static BackupRegistry Current => At(StateFolder.Current);

    /// <summary>The folder that the files are in; it need not exist.</summary>
    public string Folder => _folder;

    internal string ControlFolder => _controlFolder;

    /// <summary>Takes a backup into the registry, as queued.</summary>
    /// <param name="database">The full path of what is to be backed up.</param>
    /// <param name="destination">The full path of the backup.</param>
    /// <returns>Its entry; <see cref="RegistryEntry.End"/> it, however the backup ends.</returns>
    public RegistryEntry Post(string database, string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(database);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        lock (_gate)
        {
            if (_session is null && _running.Count == 0)
            {
                OpenSession();
            }

            string id = $"{_session?.Id ?? RegistryNames.NewSession()}-{++_lastNumber}";
            var entry = new RegistryEntry(this, id, database, destination, isShown: _session is not null);
            _running.Add(id, entry);
            return entry;
        }
    }

    /// <summary>Every backup that is running for this user on this machine, and those that ended in the last five minutes, oldest first.</summary>
    /// <param name="onIgnored">Hears of files that were ignored, and why; or null.</param>
    /// <exception cref="SqliteBackupException">The folder can't be read.</exception>
    public IReadOnlyList<BackupStatus> Read(Action<string>? onIgnored = null) =>
        Guard<IReadOnlyList<BackupStatus>>([], () => ReadAsOf(DateTime.UtcNow, onIgnored));

    /// <summary>One backup.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>How it stands, or null where there is no such backup, or it ended longer ago.</returns>
    /// <exception cref="SqliteBackupException">The folder can't be read.</exception>
    public BackupStatus? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return !RegistryNames.IsId(id)
            ? null
            : Guard(null, () =>
            {
                WriteAll();
                return StateFolder.IsThere(_folder) ? new RegistryReader(_folder, _controlFolder, null).Read(id, DateTime.UtcNow) : null;
            });
    }

    /// <summary>Leaves word for a backup, whichever session runs it. It is heard within a fifth of a second.</summary>
    /// <param name="id">The backup's id, as <see cref="BackupStatus.Id"/> tells it.</param>
    /// <param name="action">What is wanted.</param>
    /// <exception cref="ArgumentException">That is no id.</exception>
    /// <exception cref="SqliteBackupException">The folder can't be written.</exception>
    public void Send(string id, ControlAction action)
    {
        if (!RegistryNames.IsId(id))
        {
            throw new ArgumentException($"'{id}' is no backup's id.", nameof(id));
        }

        Guard<object?>(null, () =>
        {
            StateFolder.Ensure(_folder);
            StateFolder.Ensure(_controlFolder);
            PrivateFile.Write(Path.Combine(_controlFolder, id), Encoding.UTF8.GetBytes(action.ToString()));
            return null;
        });
    }

    /// <summary>The registry at a place.</summary>
    internal static BackupRegistry At(string place) => Boards.GetOrAdd(place, static place => new BackupRegistry(place));

    internal List<BackupStatus> ReadAsOf(DateTime now, Action<string>? onIgnored)
    {
        WriteAll();
        List<BackupStatus> all = new RegistryReader(_folder, _controlFolder, onIgnored).ReadAll(now);
        return [.. all.OrderBy(status => status.StartedAt).ThenBy(status => status.Id, StringComparer.Ordinal)];
    }

    internal void Remove(RegistryEntry entry)
    {
        lock (_gate)
        {
            if (_running.Remove(entry.Id) && _running.Count == 0)
            {
                _session?.Dispose();
                _session = null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    internal void Report(Exception exception)
    {
        lock (_gate)
        {
            _problem = _hadProblem
                ? _problem
                : $"Backups are not seen by other sessions, and can't be suspended or stopped from there: {exception.Message} They go on all the same. Set {StateFolder.Variable} to a folder that this account can write.";
            _hadProblem = true;
        }
    }

    /// <summary>What an observer is to be told, once.</summary>
    internal string? TakeProblem() => _problem is null ? null : Interlocked.Exchange(ref _problem, null);

    /// <summary>The backups that this process runs, while it is still the same session.</summary>
    internal RegistryEntry[]? RunningIn(RegistrySession session, TimeSpan after)
    {
        lock (_gate)
        {
            if (_session == session)
            {
                Monitor.Wait(_gate, after);
            }

            return _session == session ? [.. _running.Values] : null;
        }
    }

    private void OpenSession()
    {
        try
        {
            StateFolder.Ensure(_folder);
            StateFolder.Ensure(_controlFolder);
            _session = RegistrySession.Open(_folder);
            new RunningBackup(this, _session).Start();
        }
        catch (Exception exception) when (PrivateFile.IsFileError(exception))
        {
            Report(exception);
        }
    }

    private void WriteAll()
    {
        RegistryEntry[] entries;
        lock (_gate)
        {
            entries = [.. _running.Values];
        }

        foreach (RegistryEntry entry in entries)
        {
            entry.Write();
        }
    }

    private T Guard<T>(T none, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (DirectoryNotFoundException)
        {
            return none;
        }
        catch (Exception exception) when (PrivateFile.IsFileError(exception))
        {
            throw new SqliteBackupException(
                BackupFailure.SourceOpenFailed,
                _folder,
                $"The state folder '{_folder}' can't be used: {exception.Message} Check its rights, or set {StateFolder.Variable} to another folder, for every session alike.",
                innerException: exception);
        }
    }
}
