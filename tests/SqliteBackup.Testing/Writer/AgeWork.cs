using System.Diagnostics;
using System.Text.Json;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Testing.Writer;

/// <summary>
/// Encrypts a file to <c>&lt;file&gt;.ours.age</c>, or decrypts one to <c>&lt;file&gt;.opened</c>, in a process whose memory is its own. Its
/// standard output is one line: seconds, peak bytes, and SHA-256 of what was not encrypted.
/// </summary>
internal static class AgeWork
{
    /// <param name="path">The file.</param>
    /// <param name="mode">"age-encrypt:" and a recipient, or "age-decrypt:" and a file of identities.</param>
    public static bool TryRun(string path, string mode)
    {
        if (!mode.StartsWith("age-", StringComparison.Ordinal))
        {
            return false;
        }

        string[] words = mode.Split(':', 2);
        var clock = Stopwatch.StartNew();
        string sha256 = words[0] == "age-encrypt" ? Encrypt(path, AgeRecipient.Parse(words[1])) : Decrypt(path, AgeKeyFiles.ReadIdentities(words[1]));
        using Process process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new AgeReport(clock.Elapsed.TotalSeconds, process.TotalProcessorTime.TotalSeconds, process.PeakWorkingSet64, sha256)));
        return true;
    }

    private static string Encrypt(string path, AgeRecipient recipient)
    {
        using var source = new HashingStream(File.OpenRead(path));
        using FileStream target = File.Create(path + ".ours.age");
        using var encryptor = new AgeEncryptor(target, [recipient]);
        StreamCopy.Run(source, encryptor, _ => { });
        encryptor.Complete();
        return source.Sha256;
    }

    private static string Decrypt(string path, IReadOnlyList<AgeIdentity> identities)
    {
        using var source = new HashingStream(new AgeDecryptor(File.OpenRead(path), [.. identities], path));
        using FileStream target = File.Create(path + ".opened");
        StreamCopy.Run(source, target, _ => { });
        return source.Sha256;
    }
}

/// <summary>What came of it.</summary>
public sealed record AgeReport(double Seconds, double CpuSeconds, long PeakBytes, string Sha256);
