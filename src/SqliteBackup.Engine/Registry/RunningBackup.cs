using System.Text;

namespace SqliteBackup.Registry;

/// <summary>
/// The thread that keeps one session's part of the board: it writes down how the backups stand and brings them what users want. It ends
/// with the session.
/// </summary>
internal sealed class RunningBackup(BackupRegistry board, RegistrySession session)
{
    /// <summary>How often it looks. A wish is heard within twice this.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    // A process that backs up one database after another need not look through the board each time.
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private static long s_sweptAt = -(long)BetweenSweeps.TotalMilliseconds;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "SqliteBackup board" }.Start();

    private void Run()
    {
        while (board.RunningIn(session, BetweenLooks) is RegistryEntry[] running)
        {
            try
            {
                TakeWishes(running);
                Sweep();
            }
            catch (Exception exception) when (PrivateFile.IsFileError(exception))
            {
                board.Report(exception);
            }

            foreach (RegistryEntry entry in running)
            {
                entry.WriteIfDue();
            }
        }
    }

    private void TakeWishes(RegistryEntry[] running)
    {
        foreach (string path in StateFolder.IsThere(board.ControlFolder) ? Directory.EnumerateFiles(board.ControlFolder, session.Id + "-*") : [])
        {
            RegistryEntry? entry = Array.Find(running, entry => entry.Id == Path.GetFileName(path));
            if (entry is not null && StateFolder.IsOwnFile(path) && Take(path) is ControlAction wish)
            {
                entry.Obey(wish);
            }
        }
    }

    // Renamed first: a wish that comes while this one is read is another file, and is not lost.
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
        return Enum.TryParse(Encoding.UTF8.GetString(content), out ControlAction wish) && Enum.IsDefined(wish) ? wish : null;
    }

    private void Sweep()
    {
        long now = Environment.TickCount64;
        if (now - Interlocked.Read(ref s_sweptAt) >= BetweenSweeps.TotalMilliseconds)
        {
            Interlocked.Exchange(ref s_sweptAt, now);
            new RegistryReader(board.Folder, board.ControlFolder, null).Sweep(DateTime.UtcNow);
        }
    }
}
