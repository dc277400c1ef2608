namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>How a command line logs in to a server.</summary>
/// <param name="Options">What follows -StoreOption.</param>
/// <param name="Environment">The variables that it finds.</param>
internal sealed record Login(string Options, IReadOnlyDictionary<string, string> Environment)
{
    public static Login To(S3Server server, int port) => new(
        $"@{{ EndpointUrl = '{S3Server.EndpointOf(port)}' }}",
        new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = server.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = server.SecretKey });

    public static Login To(SshServer server) =>
        new($"@{{ KeyFile = '{server.Key}'; KnownHostsFile = '{server.KnownHosts}' }}", new Dictionary<string, string>());
}
