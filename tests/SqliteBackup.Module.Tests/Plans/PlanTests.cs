using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>What is wrong with a plan is told at once, with line and key; nothing in it is run.</summary>
public sealed class PlanTests : ModuleTest
{
    private const string Sound = "@{\n  Databases = @{ Path = 'app.db' }\n  Destinations = @{ Location = 'out/' }\n}";

    [Fact]
    public void A_sound_plan_has_no_mistake_and_names_its_databases()
    {
        Create("app.db");
        Create("apps/one.db");
        Create("apps/deep/two.dat");
        Create("apps/cache.db");
        Write("""
            @{
                Databases    = @{ Path = 'apps'; Recurse = $true; Exclude = 'cache*' }, @{ Path = 'app.db'; Verify = 'Full' }
                Defaults     = @{ Compress = 'Zstd'; MaxBytesPerSecond = 50MB }
                Destinations = @{ Location = 'out/'; KeepDaily = 7; KeepWithin = 3d }, 'copies/'
                Test         = @{ Every = '7d'; Level = 'Full' }
                FreshWithin  = 26h
                Tell         = @{ Log = 'log.jsonl'; Ping = 'https://ping.example/1234'; Metrics = 'm.prom' }
            }
            """.Replace("26h", "'26h'", StringComparison.Ordinal));

        RunOutcome outcome = Run("Test-SqliteBackupPlan plan.psd1");

        Assert.True((bool)outcome.Result.Properties["IsValid"].Value);
        Assert.Equal([Folder["app.db"], Folder["apps/deep/two.dat"], Folder["apps/one.db"]], Texts(outcome, "Databases"));
        Assert.False(Directory.Exists(Folder["out"]));
    }

    [Fact]
    public void Every_mistake_is_told_at_once_in_the_order_of_lines()
    {
        Create("app.db");
        Write("""
            @{
                Databases    = @{ Path = 'app.db'; Verfy = 'Full' },
                               @{ Path = 'nothing*.db' },
                               @{ Path = 'app.db'
                                  PagesPerStep = 'many' }
                Defaults     = @{ KeepLast = 3 }
                Destinations = @{ Location = 'out/'; KeepDaly = 7 },
                               @{ Location = 'no/such/'; MustExist = $true },
                               @{ Location = 'sftp://user:hunter2@host/' }
                Test         = @{ Every = '7x' }
                FreshWitin   = '26h'
                Tell         = @{ Ping = 'ping.example'; Log = 'nowhere/log.jsonl' }
            }
            """);

        RunOutcome outcome = Run("Test-SqliteBackupPlan plan.psd1");

        string[] told = [.. outcome.Errors.Select(error => error.ToString()[(Folder["plan.psd1"].Length + 4)..])];
        Assert.Collection(
            told,
            mistake => Assert.Equal("line 2, Databases[0].Verfy: There is no key 'Verfy' here. Did you mean 'Verify'?", mistake),
            mistake => Assert.StartsWith("line 3, Databases[1]: No database matches", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("line 5, Databases[2].PagesPerStep: Cannot", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("line 6, Defaults.KeepLast: 'KeepLast' says how long", mistake, StringComparison.Ordinal),
            mistake => Assert.Equal("line 7, Destinations[0].KeepDaly: There is no key 'KeepDaly' here. Did you mean 'KeepDaily'?", mistake),
            mistake => Assert.StartsWith("line 8, Destinations[1].Location: There is no folder", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("line 9, Destinations[2].Location: 'sftp://...", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("line 10, Test.Every: '7x' is no time span", mistake, StringComparison.Ordinal),
            mistake => Assert.Equal("line 11, FreshWitin: There is no key 'FreshWitin' here. Did you mean 'FreshWithin'?", mistake),
            mistake => Assert.StartsWith("line 12, Tell.Ping: 'ping.example' is no address", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("line 12, Tell.Log: There is no folder", mistake, StringComparison.Ordinal));
        Assert.All(outcome.Errors, error => Assert.Equal("PlanInvalid,SqliteBackup.Commands.TestSqliteBackupPlanCommand", error.FullyQualifiedErrorId));
        Assert.DoesNotContain("hunter2", string.Concat(told), StringComparison.Ordinal);
        Assert.False((bool)Assert.Single(outcome.Output).Properties["IsValid"].Value);
    }

    [Theory]
    [InlineData("@{ Databases = 'app.db'; Destinations = $(New-Item ran) }")]
    [InlineData("@{ Databases = 'app.db'; Destinations = New-Item ran }")]
    [InlineData("@{ Databases = 'app.db'; Destinations = \"$(New-Item ran)/\" }")]
    [InlineData("New-Item ran; @{ Databases = 'app.db'; Destinations = 'out/' }")]
    [InlineData("@{ Databases = 'app.db'; Destinations = @{ Location = 'out/'; KeepLast = (New-Item ran) } }")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Defaults = @{ FileNameFormat = [IO.File]::Create('ran') } }")]
    public void Nothing_in_a_plan_is_run(string plan)
    {
        Create("app.db");
        Write(plan);

        RunOutcome outcome = Run("Test-SqliteBackupPlan plan.psd1");

        Assert.NotEmpty(outcome.Errors);
        Assert.All(outcome.Errors, error => Assert.StartsWith("PlanInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.DoesNotContain("ran", Folder.Files());
    }

    [Theory]
    [InlineData("", "A plan is one table")]
    [InlineData("'text'", "A plan is one table")]
    [InlineData("@{", "Missing closing '}'")]
    [InlineData("@{ Databases = 'a'; Databases = 'b' }", "Duplicate key")]
    [InlineData("@{ }", "'Databases' is missing")]
    [InlineData("@{ Databases = @(); Destinations = 'out/' }", "The list is empty")]
    [InlineData("@{ Databases = 5; Destinations = 'out/' }", "'5' is no table")]
    [InlineData("@{ Databases = ''; Destinations = 'out/' }", "The text is empty")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/', 'out' }", "is named twice")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'app.db' }", "is a file")]
    [InlineData("@{ Databases = 'app.db'; Destinations = @{ Location = 'out/'; KeepLast = -1 } }", "can't be negative")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Test = 'often' }", "is no table")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Test = @{ Level = 'None' } }", "Use 'Quick' or 'Full'")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Tell = @{ Metrics = 'm.txt' } }", "does not end in .prom")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Tell = @{ Hook = 'no.ps1' } }", "There is no script")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'azure://x/' }", "is no location")]
    [InlineData("@{ Databases = 'app.db'; Destinations = @{ Location = 'restic:none'; PasswordFile = 'plan.psd1' } }", "There is no repository at")]
    [InlineData("@{ Databases = 'app.db'; Destinations = @{ Location = 'restic:repo'; PasswordFile = 'none' } }", "'{0}/none' can't be read")]
    [InlineData("@{ Databases = 'app.db'; Destinations = @{ Location = 'restic:repo'; PasswordFile = 'plan.psd1' } }", "opens with this password")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Defaults = @{ Recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p' }; Test = @{ Every = '7d' } }", "no test can open them")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Defaults = @{ Recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p' }; Test = @{ IdentityFile = 'no.txt' } }", "There is no file 'no.txt'")]
    [InlineData("@{ Databases = 'app.db'; Destinations = 'out/'; Defaults = @{ Recipient = 'age1nobody' } }", "age1nobody")]
    public void What_is_no_plan_says_why(string plan, string expected)
    {
        Create("app.db");
        if (plan.Contains("restic:repo", StringComparison.Ordinal))
        {
            File.WriteAllText(Folder["password"], "secret");
            Run("$null = New-SqliteBackupRepository restic:repo -PasswordFile password").AssertClean();
        }

        Write(plan);

        RunOutcome outcome = Run("Test-SqliteBackupPlan plan.psd1");

        Assert.Contains(outcome.Errors, error => error.ToString().Contains(expected.Replace("{0}", Folder.Path, StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public void A_plan_means_the_same_from_everywhere_and_the_session_stays_where_it_was()
    {
        Create("app.db");
        Write(Sound);
        Directory.CreateDirectory(Folder["other"]);
        Session.MoveTo(Folder["other"]);

        Run("Test-SqliteBackupPlan ../plan.psd1").AssertClean();

        Assert.Equal(Folder["other"], Run("$PWD.Path").Result.ToString());
    }

    [Fact]
    public void A_missing_plan_is_an_error() =>
        Assert.StartsWith("FileNotFound,", Assert.Single(Run("Test-SqliteBackupPlan no.psd1").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    private void Write(string plan) => File.WriteAllText(Folder["plan.psd1"], plan);

    private static string[] Texts(RunOutcome outcome, string property) =>
        [.. LanguagePrimitives.GetEnumerable(outcome.Result.Properties[property].Value).Cast<object>().Select(text => text.ToString()!)];
}
