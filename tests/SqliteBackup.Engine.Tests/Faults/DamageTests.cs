using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>Damaged files are told from whole ones, each within a bound, and never called ok where another build of SQLite disagrees.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Page = 512;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void Nothing_damaged_is_called_ok(string sidecar)
    {
        Assert.SkipWhen(Judge.Missing is not null, $"{Judge.Missing}: nobody to disagree");
        Random random = TestRandom.Create();
        string good = new SampleDatabase { JournalMode = sidecar == "-wal" ? "wal" : "delete", PageSize = Page, Megabytes = 0.3, Entries = 200 }.Create(_folder["good.db"]);
        if (sidecar.Length > 0)
        {
            WriterProcess.Crash(good, "crash" + sidecar);
        }

        byte[] database = File.ReadAllBytes(good);
        byte[] beside = sidecar.Length > 0 ? File.ReadAllBytes(good + sidecar) : [];
        int total = TestScale.Count(sidecar.Length == 0 ? 1200 : 400);
        int found = 0;
        for (int i = 0; i < total; i++)
        {
            string path = _folder[$"{i}.db"];
            // The first is one that no sidecar heals; of a handful of random ones, all may do no harm.
            bool hitsSidecar = i > 0 && sidecar.Length > 0 && random.Next(4) > 0;
            File.WriteAllBytes(path, hitsSidecar ? database : i > 0 ? Damage(database, random) : [.. database[..Page], .. new byte[database.Length - Page]]);
            if (sidecar.Length > 0)
            {
                File.WriteAllBytes(path + sidecar, hitsSidecar ? Damage(beside, random) : beside);
            }

            string[] before = [.. Directory.GetFiles(_folder.Path, $"{i}.db*")];
            using var bound = new CancellationTokenSource(Bound);
            VerifyLevel level = i % 3 == 0 ? VerifyLevel.Quick : VerifyLevel.Full;
            BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = path, Level = level, CheckForeignKeys = true }, bound.Token);
            Assert.Equal(before, Directory.GetFiles(_folder.Path, $"{i}.db*"));
            Assert.True(result.Status == BackupTestStatus.Ok ? result.Findings.Count == 0 : result.Findings.Count is > 0 and <= 12);
            found += result.Status == BackupTestStatus.Ok ? 0 : 1;
            string check = level == VerifyLevel.Quick ? "PRAGMA quick_check" : "PRAGMA integrity_check";
            if (result.Status == BackupTestStatus.Ok && Judge.Query(path, check) is not "ok" and string verdict)
            {
                Assert.Fail($"damage {i}: ok for us, but {check}: {verdict}");
            }

            File.Delete(path);
            File.Delete(path + sidecar);
        }

        Assert.InRange(found, 1, total);
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] bytes = [.. good];
        int pages = bytes.Length / Page;
        int at = random.Next(pages) * Page;
        switch (random.Next(6))
        {
            case 0:
                for (int flips = random.Next(1, 20); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                break;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                return bytes[..at];
            case 3:
                int other = random.Next(pages) * Page;
                good.AsSpan(at, Page).CopyTo(bytes.AsSpan(other));
                good.AsSpan(other, Page).CopyTo(bytes.AsSpan(at));
                break;
            case 4:
                // The header's and a page's own fields say what everything else means.
                random.NextBytes(bytes.AsSpan(random.Next(2) == 0 ? random.Next(16, 96) : at, random.Next(1, 4)));
                break;
            default:
                bytes.AsSpan(at, Page).Fill((byte)(random.Next(2) * 255));
                break;
        }

        return bytes;
    }
}
