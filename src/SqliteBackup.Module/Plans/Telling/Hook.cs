namespace SqliteBackup.Plans.Telling;

/// <summary>A script that is run with the result, for everything that a plan has no key for.</summary>
internal sealed class Hook(string path, OwnCmdlets cmdlets) : ITeller
{
    public string Name => $"The hook '{path}'";

    public void Begin()
    {
    }

    public void End(PlanResult result, PlanMemory memory)
    {
        CmdletRun run = cmdlets.RunScript(path, result);
        if (run.Errors.Count > 0)
        {
            throw new InvalidOperationException(run.Errors[0].Exception.Message);
        }
    }
}
