using System.Text;
using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class RepositoryPasswordTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _variables = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_found_where_restic_finds_it()
    {
        _variables["RESTIC_PASSWORD"] = "from the variable";
        Assert.Equal("from the variable", Found());

        File.WriteAllText(_folder["secret"], "from the file \n");
        _variables["RESTIC_PASSWORD_FILE"] = _folder["secret"];
        Assert.Equal("from the file", Found());

        _variables["RESTIC_PASSWORD_COMMAND"] = OperatingSystem.IsWindows() ? "cmd /c echo from the command" : "sh -c 'echo from the command'";
        Assert.Equal(BackupFailure.InvalidOption, Assert.Throws<SqliteBackupException>(() => Found()).Failure);
        _variables["RESTIC_PASSWORD_FILE"] = null;
        Assert.Equal("from the command", Found());
    }

    [Theory]
    [InlineData(null, null, null, "Give -Password")]
    [InlineData(null, "missing-file", null, "can't be read")]
    [InlineData(null, null, "no-such-program-anywhere x", "can't be run")]
    [InlineData(null, null, "fails", "exit code 3")]
    [InlineData("fallback", null, "echo 'open", "quote")]
    public void What_fails_is_said_and_nothing_else_is_taken(string? variable, string? file, string? command, string expected)
    {
        _variables["RESTIC_PASSWORD"] = variable;
        _variables["RESTIC_PASSWORD_FILE"] = file is null ? null : _folder[file];
        _variables["RESTIC_PASSWORD_COMMAND"] = command != "fails" ? command : OperatingSystem.IsWindows() ? "cmd /c exit 3" : "sh -c 'exit 3'";

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Found());

        Assert.Equal(BackupFailure.PasswordWrong, exception.Failure);
        Assert.Contains(expected, exception.Message);
    }

    [Theory]
    [InlineData("pass show backups", "pass|show|backups")]
    [InlineData("  cat '/etc/my secret'  ", "cat|/etc/my secret")]
    [InlineData("""printf "a \"b\" 'c'" """, """printf|a "b" 'c'""")]
    [InlineData(@"C:\tools\show.exe /n ""C:\my files\x""", @"C:\tools\show.exe|/n|C:\my files\x")]
    [InlineData("x ''", "x|")]
    public void A_command_is_divided_as_a_shell_does(string command, string words) =>
        Assert.Equal(words, string.Join('|', RepositoryPassword.Split(command)!));

    private string Found() => Encoding.UTF8.GetString(RepositoryPassword.Find("restic:/x/", name => _variables.GetValueOrDefault(name)));
}
