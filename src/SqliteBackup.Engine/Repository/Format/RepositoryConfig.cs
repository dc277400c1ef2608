using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace SqliteBackup.Repository.Format;

/// <summary>The file <c>config</c>: sealed, never compressed.</summary>
internal sealed record RepositoryConfig
{
    public const int SupportedVersion = 2;

    public const string FileName = "config";

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("chunker_polynomial")]
    public required string ChunkerPolynomial { get; init; }

    public static RepositoryConfig CreateRandom() => new()
    {
        Version = SupportedVersion,
        Id = RandomNumberGenerator.GetHexString(64, lowercase: true),
        ChunkerPolynomial = Sealing.ChunkerPolynomial.CreateRandom().ToString("x", CultureInfo.InvariantCulture),
    };
}
