using System.ComponentModel;
using System.Net.Sockets;
using SqliteBackup.Parameters;

namespace SqliteBackup.Plans.Telling;

/// <summary>Tells of a run whoever the plan names. That somebody could not be told harms nothing: it is part of the result.</summary>
internal sealed class PlanTelling
{
    private readonly ITeller[] _tellers;
    private readonly List<string> _notTold = [];

    public PlanTelling(BackupPlan plan, PathResolver resolver, OwnCmdlets cmdlets)
    {
        PlanTell tell = plan.Tell;
        ITeller?[] tellers =
        [
            tell.Log is null ? null : new JsonLog(plan, resolver.ResolveDestination(tell.Log)),
            tell.Metrics is null ? null : new MetricsFile(plan, resolver.ResolveDestination(tell.Metrics)),
            tell.SystemLog ? new SystemLog(plan.Name) : null,
            tell.Hook is null ? null : new Hook(resolver.ResolveDestination(tell.Hook), cmdlets),
            // Last: who gets the ping may look at the others.
            tell.Ping is null ? null : new Ping(tell.Ping, tell.PingTimeout),
        ];
        _tellers = [.. tellers.OfType<ITeller>()];
    }

    /// <summary>Whom it tells.</summary>
    public IEnumerable<string> Names => _tellers.Select(teller => teller.Name);

    /// <summary>Says that a run begins.</summary>
    public void Begin() => Array.ForEach(_tellers, teller => Try(teller, teller.Begin));

    /// <summary>Says what a run came to.</summary>
    /// <returns>The result, with whom it could not be told to.</returns>
    public PlanResult End(PlanResult result, PlanMemory memory)
    {
        foreach (ITeller teller in _tellers)
        {
            Try(teller, () => teller.End(result with { NotTold = [.. _notTold] }, memory));
        }

        return result with { NotTold = [.. _notTold] };
    }

    private void Try(ITeller teller, Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or SqliteBackupException or HttpRequestException or OperationCanceledException
                or SocketException or InvalidOperationException or NotSupportedException or ArgumentException or Win32Exception or System.Security.SecurityException)
        {
            _notTold.Add($"{teller.Name} could not be told: {exception.Message}");
        }
    }
}
