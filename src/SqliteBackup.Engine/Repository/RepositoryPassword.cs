using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace SqliteBackup.Repository;

/// <summary>
/// Finds a repository's password where restic does (https://restic.readthedocs.io/en/stable/040_backup.html#environment-variables):
/// RESTIC_PASSWORD_COMMAND, RESTIC_PASSWORD_FILE, RESTIC_PASSWORD. It is never part of a location.
/// </summary>
public static class RepositoryPassword
{
    private const string Variable = "RESTIC_PASSWORD";
    private const string FileVariable = "RESTIC_PASSWORD_FILE";
    private const string CommandVariable = "RESTIC_PASSWORD_COMMAND";

    // A password, not a film.
    private const int MaxBytes = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The password that the environment names, in UTF-8.</summary>
    /// <param name="location">The repository, for messages.</param>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.PasswordWrong"/>: nothing names one, or the file can't be read, or the command fails.
    /// <see cref="BackupFailure.InvalidOption"/>: both a file and a command are named.
    /// </exception>
    public static byte[] FromEnvironment(string location) => Find(location, Environment.GetEnvironmentVariable);

    /// <summary>The password that a file holds, in UTF-8, without blanks and line ends around it.</summary>
    /// <param name="location">The repository, for messages.</param>
    /// <param name="path">The full path of the file.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.PasswordWrong"/>: it can't be read.</exception>
    public static byte[] FromFile(string location, string path) => Encoding.UTF8.GetBytes(FromFile(location, path, $"'{path}' can't be read"));

    internal static byte[] Find(string location, Func<string, string?> variables)
    {
        string? Of(string name) => variables(name) is { Length: > 0 } value ? value : null;
        string? command = Of(CommandVariable);
        string? file = Of(FileVariable);
        if (command is not null && file is not null)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, location, $"{FileVariable} and {CommandVariable} both name a password for '{location}'. Set one of them.");
        }

        string text = command is not null ? FromCommand(location, command)
            : file is not null ? FromFile(location, file, $"{FileVariable} names '{file}', which can't be read")
            : Of(Variable) ?? throw Missing(location, $"Give -Password or -PasswordFile, or set {Variable}, {FileVariable} or {CommandVariable}.");
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Divides a command into words as a shell does: by blanks, with '...', "..." and \ to keep them together. Nothing is expanded.</summary>
    /// <returns>The words, or null where a quote is not closed.</returns>
    internal static List<string>? Split(string command)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < command.Length; i++)
        {
            char character = command[i];
            if (quote != '\0' && character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && character is '\'' or '"')
            {
                quote = character;
                word ??= new StringBuilder();
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }
            }
            else
            {
                // Paths of Windows keep theirs: only a quote, a blank or another one makes it a sign.
                bool isEscape = character == '\\' && quote != '\'' && i + 1 < command.Length && command[i + 1] is '\\' or '"' or '\'' or ' ';
                (word ??= new StringBuilder()).Append(isEscape ? command[++i] : character);
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return quote == '\0' ? words : null;
    }

    private static string FromFile(string location, string path, string unreadable)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(new Storage.BoundedStream(file, MaxBytes));
            return reader.ReadToEnd().Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Missing(location, $"{unreadable}: {exception.Message}", exception);
        }
    }

    private static string FromCommand(string location, string command)
    {
        List<string>? words = Split(command);
        if (words is null or { Count: 0 })
        {
            throw Missing(location, $"{CommandVariable} is no command, or has a quote that is not closed.");
        }

        try
        {
            using Process process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw Missing(location, $"The program of {CommandVariable}, '{words[0]}', did not end within {Patience.TotalMinutes:0} minutes.");
            }

            return process.ExitCode == 0
                ? output.Result.Trim()
                : throw Missing(location, $"The program of {CommandVariable}, '{words[0]}', ended with exit code {process.ExitCode}.");
        }
        catch (Win32Exception exception)
        {
            throw Missing(location, $"The program of {CommandVariable}, '{words[0]}', can't be run: {exception.Message}", exception);
        }
    }

    private static SqliteBackupException Missing(string location, string why, Exception? cause = null) =>
        new(BackupFailure.PasswordWrong, location, $"There is no password for the repository at '{location}'. {why}", innerException: cause);
}
