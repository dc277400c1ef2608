using System.Text;

namespace SqliteBackup.Plans.Telling;

/// <summary>
/// Pings a check that sounds the alarm when pings stay away: address/start where a run begins, the address itself where all is well, address/fail
/// otherwise, with the summary as body (https://healthchecks.io/docs/http_api/, which others share).
/// </summary>
internal sealed class Ping(Uri address, TimeSpan timeout) : ITeller
{
    private const int Tries = 3;

    // What such checks take at most.
    private const int MaxBody = 10_000;

    // The path is the check's secret.
    public string Name => $"The check at {address.Host}";

    public void Begin() => Send("/start", "", tries: 1);

    public void End(PlanResult result, PlanMemory memory) => Send(result.ExitCode == 0 ? "" : "/fail", result.ToString(), Tries);

    private void Send(string signal, string body, int tries)
    {
        var target = new UriBuilder(address);
        target.Path = target.Path.TrimEnd('/') + signal;
        using var client = new HttpClient { Timeout = timeout };
        for (int attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Uri)
            {
                Content = new StringContent(body.Length > MaxBody ? body[..MaxBody] : body, Encoding.UTF8, "text/plain"),
            };
            request.Headers.UserAgent.ParseAdd("SqliteBackup");
            try
            {
                using HttpResponseMessage response = client.Send(request);
                _ = response.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception exception) when (attempt < tries && exception is HttpRequestException or TaskCanceledException)
            {
                // A night's network may be away for a moment.
            }
        }
    }
}
