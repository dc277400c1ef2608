using System.Text;

namespace SqliteBackup.Registry;

/// <summary>
/// The thread that keeps one session's part of the registry: it writes down how the backups stand and brings them what users want. It ends
/// with the session.
/// </summary>
internal sealed class RunningBackup(BackupRegistry registry, RegistrySession session)
{
    /// <summary>How often it looks. An action is seen within twice this.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    // A process that backs up one database after another need not look through the registry each time.
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private static long s_sweptAt = -(long)BetweenSweeps.TotalMilliseconds;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "SqliteBackup registry" }.Start();

    private void Run()
    {
        while (registry.RunningIn(session, BetweenLooks) is RegistryEntry[] running)
        {
            try
            {
                TakeActions(running);
                Sweep();
            }
            catch (Exception exception) when (PrivateFile.IsFileError(exception))
            {
                registry.Report(exception);
            }

            foreach (RegistryEntry entry in running)
            {
                entry.WriteIfDue();
            }
        }
    }

    private void TakeActions(RegistryEntry[] running)
    {
        foreach (string path in StateFolder.IsThere(registry.ControlFolder) ? Directory.EnumerateFiles(registry.ControlFolder, session.Id + "-*") : [])
        {
            RegistryEntry? entry = Array.Find(running, entry => entry.Id == Path.GetFileName(path));
            if (entry is not null && StateFolder.IsOwnFile(path) && Take(path) is ControlAction action)
            {
                entry.Obey(action);
            }
        }
    }

    // Renamed first: an action that comes while this one is read is another file, and is not lost.
    private static ControlAction? Take(string path)
    {
        string taken = path + RegistryNames.UnfinishedSuffix;
        try
        {
            File.Move(path, taken, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        byte[] content = PrivateFile.Read(taken) ?? [];
        PrivateFile.TryDelete(taken);
        return Enum.TryParse(Encoding.UTF8.GetString(content), out ControlAction action) && Enum.IsDefined(action) ? action : null;
    }

    private void Sweep()
    {
        long now = Environment.TickCount64;
        if (now - Interlocked.Read(ref s_sweptAt) >= BetweenSweeps.TotalMilliseconds)
        {
            Interlocked.Exchange(ref s_sweptAt, now);
            new RegistryReader(registry.Folder, registry.ControlFolder, null).Sweep(DateTime.UtcNow);
        }
    }
}
