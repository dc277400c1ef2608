using System.Diagnostics;
using System.Text.Json;
using SqliteBackup.Verify;

namespace SqliteBackup.Testing.Writer;

/// <summary>Tests a file as a backup, in a process whose memory is its own, and says what came of it.</summary>
internal static class BackupTesting
{
    public static void Run(string path)
    {
        BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = path, CheckForeignKeys = true }, CancellationToken.None);
        using Process process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new { Status = result.Status.ToString(), result.Findings, PeakBytes = process.PeakWorkingSet64 }));
    }
}
