using System.Management.Automation;

namespace SqliteBackup.Plans;

/// <summary>The session's current folder is the plan's until disposal: relative paths in a plan mean the same wherever it is run from.</summary>
internal sealed class PlanPlace : IDisposable
{
    private const string Stack = "SqliteBackup plan";

    private readonly PathIntrinsics _paths;

    public PlanPlace(SessionState session, string folder)
    {
        _paths = session.Path;
        _paths.PushCurrentLocation(Stack);
        _ = _paths.SetLocation(WildcardPattern.Escape(folder));
    }

    public void Dispose() => _ = _paths.PopLocation(Stack);
}
