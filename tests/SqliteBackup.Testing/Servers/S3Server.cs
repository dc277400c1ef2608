using System.Security.Cryptography;
using System.Text;

namespace SqliteBackup.Testing.Servers;

/// <summary>A server that speaks S3, with one bucket.</summary>
public abstract class S3Server : LoopbackServer
{
    /// <summary>The bucket.</summary>
    public const string Bucket = "test";

    /// <summary>Who may use it.</summary>
    public abstract string AccessKey { get; }

    /// <summary>The key's secret.</summary>
    public abstract string SecretKey { get; }

    /// <summary>Its address.</summary>
    public string Endpoint => EndpointOf(Port);

    /// <summary>Its address through a proxy.</summary>
    public static string EndpointOf(int port) => $"http://127.0.0.1:{port}";

    /// <summary>Makes the bucket, in the protocol's old way, which needs no library.</summary>
    /// <returns>Whether the server took it.</returns>
    protected bool TryMakeBucket()
    {
        string date = DateTime.UtcNow.ToString("R");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Endpoint}/{Bucket}");
        request.Headers.TryAddWithoutValidation("Date", date);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS {AccessKey}:{Sign($"PUT\n\n\n{date}\n/{Bucket}")}");
        using var client = new HttpClient();
        try
        {
            using HttpResponseMessage response = client.Send(request);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "The protocol's own, and a test's server.")]
    private string Sign(string text) => Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(SecretKey), Encoding.UTF8.GetBytes(text)));
}
