using System.Diagnostics.CodeAnalysis;

namespace SqliteBackup.Testing;

/// <summary>A folder for one test, gone after it.</summary>
public sealed class TempFolder : IDisposable
{
    // Links may lead in a circle.
    private static readonly EnumerationOptions NoLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    public TempFolder() => Path = Directory.CreateTempSubdirectory("sqlitebackup-test-").FullName;

    public string Path { get; }

    /// <summary>The path of something in it, written with slashes and given as the system writes it.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, OperatingSystem.IsWindows() ? relative.Replace('/', '\\') : relative);

    /// <summary>The names of the files in it or in a folder of it, sorted.</summary>
    public string[] Files(string relative = "") =>
        Directory.Exists(this[relative])
            ? [.. Directory.EnumerateFileSystemEntries(this[relative]).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The names of the backups in a folder, sorted: its files without their manifests.</summary>
    public string[] Backups(string relative) => [.. Files(relative).Where(name => !name.EndsWith(".json", StringComparison.Ordinal))];

    [SuppressMessage("Design", "CA1031", Justification = "A folder that can't be removed must not hide what the test found.")]
    public void Dispose()
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                foreach (string folder in Directory.EnumerateDirectories(Path, "*", NoLinks).Prepend(Path))
                {
                    File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }

            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"{Path} was not removed: {exception.Message}");
        }
    }
}
