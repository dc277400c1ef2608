using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SqliteBackup.Storage.Encoding;
using SqliteBackup.Testing;
using SqliteBackup.Testing.Writer;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>Large files through our age and the distribution's, each opening what the other made.</summary>
internal sealed class AgeFiles : IBenchmark
{
    // Runs a program and says the most memory that it had resident: the kernel's own count.
    private const string Watched =
        "import resource,subprocess,sys\nsubprocess.check_call(sys.argv[1:])\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";

    private string? _folder;

    public string Name => "encryption";

    public string Description =>
        "Seconds to encrypt and decrypt 3 GB times the scale on disk, in the page cache, without a final flush. Each opens what the other made, and what comes out is compared by SHA-256, which is not timed for age and part of ours. Both are programs of their own; ours is timed without the start of .NET.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string content = Path.Combine(_folder, "content");
        string sha256 = WriteContent(content, (long)(3000 * options.Scale) << 20);
        string key = Path.Combine(_folder, "key.txt");
        AgeIdentity identity = AgeIdentity.Create();
        AgeKeyFiles.WriteNewIdentity(key, identity);
        string theirs = content + ".theirs.age";
        string? missing = Peers.IsOnPath("age") && Peers.IsOnPath("python3") ? null : "age or python3 is not on PATH";
        Contender Age(string name, string result, string[] arguments) => new(name, () => Watch(["age", .. arguments], result), () => File.Delete(result)) { IsPeer = true, Missing = missing };
        Contender Ours(string name, string path, string mode, string result, string? needs) => new(name, () => Run(path, mode, sha256), () => File.Delete(result)) { Missing = needs };
        string opened = Path.Combine(_folder, "opened");
        Contender ageOpens = Age("age --decrypt, of ours", opened, ["--decrypt", "-i", key, "-o", opened, content + ".ours.age"]);
        return
        [
            Ours("this module, encrypts", content, $"age-encrypt:{identity.Recipient}", content + ".ours.age", null),
            Age("age", theirs, ["-r", $"{identity.Recipient}", "-o", theirs, content]),
            Ours("this module, decrypts age's", theirs, $"age-decrypt:{key}", theirs + ".opened", missing),
            ageOpens with
            {
                Run = () =>
                {
                    Measurement measurement = ageOpens.Run();
                    return measurement.Failed || HashOf(opened) == sha256 ? measurement : Measurement.Failure("it is not what was encrypted");
                },
            },
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Measurement Run(string path, string mode, string sha256)
    {
        using Process process = Process.Start(new ProcessStartInfo(BuildPaths.DotNet, [BuildPaths.Writer, path, mode, "0", "0"]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        AgeReport report = JsonSerializer.Deserialize<AgeReport>(output) ?? throw new InvalidOperationException(output);
        return report.Sha256 == sha256
            ? new Measurement(report.Seconds, report.CpuSeconds, Peak(report.PeakBytes))
            : throw new InvalidOperationException("It is not what was encrypted.");
    }

    private static Measurement Watch(string[] arguments, string result)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("python3", ["-c", Watched, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && File.Exists(result)
            ? new Measurement(clock.Elapsed.TotalSeconds, null, Peak(long.Parse(output.Trim(), CultureInfo.InvariantCulture) << 10))
            : Measurement.Failure($"{arguments[0]} ended with {process.ExitCode}");
    }

    private static string Peak(long bytes) => string.Create(CultureInfo.InvariantCulture, $"peak {bytes / 1048576.0:0} MB");

    private static string WriteContent(string path, long bytes)
    {
        byte[] buffer = new byte[1 << 20];
        new Random(1).NextBytes(buffer);
        using (FileStream file = File.Create(path))
        {
            for (long written = 0; written < bytes; written += buffer.Length)
            {
                BitConverter.TryWriteBytes(buffer, written);
                file.Write(buffer);
            }
        }

        return HashOf(path);
    }

    private static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file)).ToLowerInvariant();
    }
}
