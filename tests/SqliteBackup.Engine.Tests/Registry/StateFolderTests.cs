using System.Text;
using SqliteBackup.Registry;

namespace SqliteBackup.Engine.Tests.Registry;

/// <summary>What others prepared in the state folder is neither read nor followed nor removed.</summary>
public sealed class StateFolderTests : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;

    private readonly TempFolder _folder = new();
    private readonly List<string> _ignored = [];
    private readonly string _victim;

    public StateFolderTests()
    {
        Directory.CreateDirectory(_folder["victims"]);
        _victim = _folder["victims/0123abcd-1"];
        File.WriteAllText(_victim, "precious");
        File.SetLastWriteTimeUtc(_victim, DateTime.UtcNow.AddHours(-1));
    }

    private BackupRegistry Registry => BackupRegistry.At(_folder["state"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("state/registry")]
    [InlineData("state/registry/control")]
    public void A_link_for_a_folder_is_not_followed(string planted)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there that users don't have");
        MakePrivate(Path.GetDirectoryName(planted)!);
        Directory.CreateSymbolicLink(_folder[planted], _folder["victims"]);

        AssertRefused();
    }

    [Theory]
    [InlineData("state/registry")]
    [InlineData("state/registry/control")]
    public void Another_users_folder_is_not_read(string planted)
    {
        Assert.SkipWhen(Special.CantGiveAway is not null, Special.CantGiveAway ?? "");
        MakePrivate(planted);
        Write(planted + "/0123abcd-1.json", Forged());
        Special.GiveAway(_folder[planted]);

        AssertRefused();
    }

    [Fact]
    public void A_folder_that_others_may_write_to_is_not_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder above there");
        MakePrivate("state/registry");
        Write("state/registry/0123abcd-1.json", Forged());
        File.SetUnixFileMode(_folder["state/registry"], Everybody);

        AssertRefused();
    }

    [Fact]
    public void A_place_whose_entries_others_may_exchange_is_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder above there");
        MakePrivate("state/registry");
        File.SetUnixFileMode(_folder["state"], Everybody);

        Assert.Contains("rename", AssertRefused().Message, StringComparison.Ordinal);
        RegistryEntry entry = Registry.Post("app.db", "copy.db");
        Assert.Contains("rename", entry.TakeProblem(), StringComparison.Ordinal);
        entry.End(BackupState.Completed);
        Assert.Empty(_folder.Files("state/registry"));
    }

    [Fact]
    public void Others_files_links_and_pipes_in_it_are_neither_shown_nor_removed()
    {
        Assert.SkipWhen(Special.CantGiveAway is not null, Special.CantGiveAway ?? "");
        MakePrivate("state/registry/control");
        Write("state/registry/0123abcd-1.json", Forged());
        Special.GiveAway(_folder["state/registry/0123abcd-1.json"]);
        Special.Pipe(_folder["state/registry/0123abcd-2.json"]);
        Special.Pipe(_folder["state/registry/0123abcd.lock"]);
        Special.Pipe(_folder["state/registry/control/0123abcd-3"]);
        File.CreateSymbolicLink(_folder["state/registry/0123abcd-4.json"], _victim);
        Write("state/registry/control/notes.tmp", []);
        string[] before = [.. _folder.Files("state/registry"), .. _folder.Files("state/registry/control")];

        Assert.Empty(Registry.ReadAsOf(DateTime.UtcNow.AddHours(1), _ignored.Add));

        string[] after = [.. _folder.Files("state/registry"), .. _folder.Files("state/registry/control")];
        Assert.Equal(before, after);
        Assert.Equal("precious", File.ReadAllText(_victim));
        Assert.Equal(4, _ignored.Count);
    }

    [Theory]
    [InlineData("\"Elapsed\":\"00:00:01\"", "\"Elapsed\":\"10675199.02:48:05.4775807\"")]
    [InlineData("\"State\":\"Copying\"", "\"State\":77")]
    [InlineData("\"PageSize\":4096", "\"PageSize\":-4096")]
    [InlineData("\"EndedAt\":null", "\"EndedAt\":\"9999-12-31T23:59:59Z\"")]
    [InlineData("\"Database\":\"app.db\"", "\"Database\":null")]
    public void An_entry_that_no_backup_can_have_is_ignored(string sound, string forged)
    {
        MakePrivate("state/registry");
        string entry = Encoding.UTF8.GetString(Forged());
        Write("state/registry/0123abcd-1.json", Encoding.UTF8.GetBytes(entry));
        Assert.Single(Registry.Read(_ignored.Add));
        Assert.Contains(sound, entry, StringComparison.Ordinal);
        Write("state/registry/0123abcd-1.json", Encoding.UTF8.GetBytes(entry.Replace(sound, forged, StringComparison.Ordinal)));

        Assert.Empty(Registry.Read(_ignored.Add));

        Assert.Contains("0123abcd-1.json", Assert.Single(_ignored), StringComparison.Ordinal);
    }

    private static byte[] Forged() => StatusJson.Write(new BackupStatus
    {
        Id = "0123abcd-1",
        Database = "app.db",
        Backup = "copy.db",
        State = BackupState.Copying,
        PageSize = 4096,
        Elapsed = TimeSpan.FromSeconds(1),
        StartedAt = DateTime.UtcNow,
        ProcessId = 1,
    });

    private SqliteBackupException AssertRefused()
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Registry.Read(_ignored.Add));
        Assert.Equal(BackupFailure.SourceOpenFailed, exception.Failure);
        Assert.Contains("SQLITEBACKUP_STATE", exception.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_victim));
        return exception;
    }

    private void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder[folder]);
        }
        else
        {
            Directory.CreateDirectory(_folder[folder], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Write(string path, byte[] content)
    {
        File.WriteAllBytes(_folder[path], content);
        File.SetLastWriteTimeUtc(_folder[path], DateTime.UtcNow.AddMinutes(-3));
    }
}
