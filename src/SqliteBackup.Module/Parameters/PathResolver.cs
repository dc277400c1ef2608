using System.Collections.ObjectModel;
using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using DriveNotFoundException = System.Management.Automation.DriveNotFoundException;

namespace SqliteBackup.Parameters;

/// <summary>Turns what a user wrote for a path into full paths of the file system.</summary>
internal sealed class PathResolver(SessionState session, Action<string>? onLeftOut = null)
{
    /// <summary>The databases that a path with wildcards names, or the one that a literal path names.</summary>
    /// <exception cref="SqliteBackupException">It names no file, a folder, or something outside the file system.</exception>
    public IReadOnlyList<string> ResolveDatabases(string path, bool isLiteral)
    {
        if (!isLiteral && WildcardPattern.ContainsWildcardCharacters(path))
        {
            List<string> found = [.. Expand(path).Where(IsDatabaseCandidate)];
            if (found.Count > 0)
            {
                return found;
            }
        }
        else if (!isLiteral)
        {
            // No wildcards are left, but an escaped one has to lose its backtick.
            string unescaped = WildcardPattern.Unescape(path);
            path = unescaped != path && File.Exists(ResolveLiteral(unescaped)) ? unescaped : path;
        }

        string full = ResolveLiteral(path);
        if (File.Exists(full))
        {
            return [full];
        }

        throw Directory.Exists(full)
            ? new SqliteBackupException(
                BackupFailure.NotADatabase,
                full,
                $"'{full}' is a folder, not a database. Name the databases in it, with wildcards if you like: '{Path.Combine(full, "*.db")}'.")
            : new SqliteBackupException(
                BackupFailure.FileNotFound,
                full,
                !isLiteral && WildcardPattern.ContainsWildcardCharacters(path)
                    ? $"No database matches '{full}'. Check the folder and the pattern; use -LiteralPath for a name that has wildcard characters in it."
                    : $"There is no database '{full}'. Check the path, and whether this account may see the folder.");
    }

    /// <summary>The files and folders that a path with wildcards names, or the one that a literal path names.</summary>
    /// <exception cref="SqliteBackupException">It names nothing, or something outside the file system.</exception>
    public IReadOnlyList<string> ResolveItems(string path, bool isLiteral)
    {
        if (!isLiteral && WildcardPattern.ContainsWildcardCharacters(path) && Expand(path) is { Count: > 0 } found)
        {
            return found;
        }

        string full = Path.TrimEndingDirectorySeparator(ResolveLiteral(isLiteral ? path : WildcardPattern.Unescape(path)));
        return Path.Exists(full)
            ? [full]
            : throw new SqliteBackupException(
                BackupFailure.FileNotFound, full, $"There is no file or folder '{full}'. Check the path, and whether this account may see it.");
    }

    /// <summary>The full path of a database that exists; anything else is a pattern for names and stays what it is.</summary>
    public string ResolveDatabaseName(string name)
    {
        try
        {
            string full = ResolveLiteral(name);
            return File.Exists(full) ? full : name;
        }
        catch (SqliteBackupException)
        {
            // No path at all can still be a pattern.
            return name;
        }
    }

    /// <summary>The full path of a backup's destination, which need not exist. A separator at its end stays: it says folder.</summary>
    /// <exception cref="SqliteBackupException">It is outside the file system.</exception>
    public string ResolveDestination(string path)
    {
        BackupDestinations.ThrowIfForeignName(path);
        string full = ResolveLiteral(path, BackupFailure.DestinationOpenFailed);
        return path[^1] is '/' or '\\' && !Path.EndsInDirectorySeparator(full) ? full + Path.DirectorySeparatorChar : full;
    }

    private string ResolveLiteral(string path, BackupFailure noSuchDrive = BackupFailure.FileNotFound)
    {
        if (!OperatingSystem.IsWindows() && path.Contains('\\', StringComparison.Ordinal))
        {
            // To PowerShell a backslash parts folders; a file with one in its name is that file all the same.
            string exact = Path.GetFullPath(path, session.Path.CurrentFileSystemLocation.ProviderPath);
            if (File.Exists(exact))
            {
                return exact;
            }

            // PowerShell's own cmdlets take \\nas\share for /nas/share, but not when a cmdlet asks for the path.
            path = path.StartsWith(@"\\", StringComparison.Ordinal) ? "/" + path.Replace('\\', '/').TrimStart('/') : path;
        }

        try
        {
            string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem" ? full : throw NotFileSystem(path, provider.Name);
        }
        catch (ProviderNotFoundException e)
        {
            throw new SqliteBackupException(
                BackupFailure.PathNotFileSystem, path, $"'{path}' is not a path of the file system. {e.Message}", innerException: e);
        }
        catch (DriveNotFoundException e)
        {
            // A colon in a file name looks like a drive.
            string full = Path.GetFullPath(path, session.Path.CurrentFileSystemLocation.ProviderPath);
            return File.Exists(full) || path.AsSpan(0, path.IndexOf(':', StringComparison.Ordinal)).ContainsAny('/', '\\')
                ? full
                : throw new SqliteBackupException(
                    noSuchDrive, path, $"'{path}' can't be found. {e.Message} Check the drive; put './' before a file name with a colon.", innerException: e);
        }
        catch (Exception e) when (e is ProviderInvocationException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            // A path that leaves its drive's root, or with a character that no path can have.
            throw new SqliteBackupException(noSuchDrive, path, $"'{path}' is no path that can be used. {e.Message} Check how it is written.", innerException: e);
        }
    }

    private static SqliteBackupException NotFileSystem(string path, string provider) => new(
        BackupFailure.PathNotFileSystem,
        path,
        $"'{path}' belongs to PowerShell's {provider} provider. A database is a file: give a path of the file system.");

    private List<string> Expand(string path)
    {
        Collection<string> found;
        ProviderInfo provider;
        try
        {
            found = session.Path.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (Exception e) when (
            e is ItemNotFoundException or DriveNotFoundException or ProviderNotFoundException or WildcardPatternException
                or ProviderInvocationException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            // '[' without ']' is no pattern, but it may well be a name.
            return [];
        }

        return provider.Name == "FileSystem" ? [.. found.Select(Reachable).OfType<string>()] : throw NotFileSystem(path, provider.Name);
    }

    // PowerShell turns each backslash of a name that it found into a slash, and .NET each byte that is no UTF-8 into U+FFFD.
    private string? Reachable(string path)
    {
        for (int end = path.Length; !Path.Exists(path) && (end = path.LastIndexOf('/', end - 1)) > 0;)
        {
            string other = path[..end] + '\\' + path[(end + 1)..].Replace('/', '\\');
            path = File.Exists(other) ? other : path;
        }

        if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            return path;
        }

        onLeftOut?.Invoke($"'{path}' was left out: its name has bytes that are no UTF-8, with which it can't be opened, or it was removed meanwhile. Rename it.");
        return null;
    }

    private static bool IsDatabaseCandidate(string path) =>
        File.Exists(path)
        && !StagingName.Matches(path)
        && !Sidecars.IsOne(path);
}
