using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Repository.Format;

/// <summary>A file in <c>keys/</c>: the repository's master key, sealed by a key that a password stands for. Plain JSON around it.</summary>
internal sealed record KeyFile
{
    [JsonPropertyName("created")]
    public required DateTimeOffset Created { get; init; }

    [JsonPropertyName("username")]
    public string UserName { get; init; } = "";

    [JsonPropertyName("hostname")]
    public string HostName { get; init; } = "";

    [JsonPropertyName("kdf")]
    public required string Kdf { get; init; }

    [JsonPropertyName("N")]
    public required int N { get; init; }

    [JsonPropertyName("r")]
    public required int R { get; init; }

    [JsonPropertyName("p")]
    public required int P { get; init; }

    [JsonPropertyName("salt")]
    public required byte[] Salt { get; init; }

    [JsonPropertyName("data")]
    public required byte[] Data { get; init; }

    /// <summary>Seals a master key with a password.</summary>
    public static KeyFile Create(ReadOnlySpan<byte> password, PasswordKey parameters, MasterKey master, DateTimeOffset now)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(64);
        using var sealer = new Sealer(parameters.Derive(password, salt));
        var content = new MasterKeyFile { Mac = new MacKeyFile { K = master.MacKey, R = master.MacFactor }, Encrypt = master.Encrypt };
        return new KeyFile
        {
            Created = now,
            UserName = Environment.UserName,
            HostName = Environment.MachineName,
            Kdf = "scrypt",
            N = parameters.N,
            R = parameters.R,
            P = parameters.P,
            Salt = salt,
            Data = sealer.SealCopy(JsonSerializer.SerializeToUtf8Bytes(content, RepositoryJson.Plain.MasterKeyFile)),
        };
    }

    /// <summary>The master key, or null where the password is another key's.</summary>
    public MasterKey? Open(ReadOnlySpan<byte> password)
    {
        var parameters = new PasswordKey(N, R, P);
        if (Kdf != "scrypt" || !parameters.IsSound)
        {
            return null;
        }

        using var sealer = new Sealer(parameters.Derive(password, Salt));
        byte[] content = [.. Data];
        return sealer.TryUnseal(content, out Span<byte> plain)
            && JsonSerializer.Deserialize(plain, RepositoryJson.Plain.MasterKeyFile) is MasterKeyFile keys
            ? new MasterKey(keys.Encrypt, keys.Mac.K, keys.Mac.R)
            : null;
    }
}

/// <summary>The master key as it stands in a key file.</summary>
internal sealed record MasterKeyFile
{
    [JsonPropertyName("mac")]
    public required MacKeyFile Mac { get; init; }

    [JsonPropertyName("encrypt")]
    public required byte[] Encrypt { get; init; }
}

/// <summary>The keys of Poly1305-AES as they stand in a key file.</summary>
internal sealed record MacKeyFile
{
    [JsonPropertyName("k")]
    public required byte[] K { get; init; }

    [JsonPropertyName("r")]
    public required byte[] R { get; init; }
}
