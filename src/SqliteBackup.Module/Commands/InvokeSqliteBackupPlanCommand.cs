using System.Management.Automation;
using SqliteBackup.Plans;
using SqliteBackup.Plans.Telling;

namespace SqliteBackup.Commands;

/// <summary>Does all that a plan says: backs up, copies, tests, prunes, looks whether all is fresh, and tells of it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "SqliteBackupPlan", SupportsShouldProcess = true)]
[OutputType(typeof(PlanResult))]
public sealed class InvokeSqliteBackupPlanCommand : PlanCommand
{
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    private protected override void Fail(SqliteBackupException exception, string target)
    {
        base.Fail(exception, target);
        BatchExitCode.Set(this, 1);
    }

    private protected override void Process(string plan)
    {
        (BackupPlan read, IReadOnlyList<PlanMistake> mistakes) = PlanReader.Read(plan);
        using var place = new PlanPlace(SessionState, read.Folder);
        var cmdlets = new OwnCmdlets(Warn, StopToken);
        mistakes = [.. mistakes, .. new PlanOptionChecker(cmdlets).Check(read)];
        if (mistakes.Count > 0)
        {
            BatchExitCode.Set(this, 1);
            Refuse(mistakes);
            return;
        }

        // With -WhatIf each part of it is told instead.
        if (IsWhatIf || ShouldProcess(plan, "Run the plan"))
        {
            using IDisposable held = PlanMemory.Take(plan);
            Run(read, cmdlets);
        }
    }

    private void Run(BackupPlan plan, OwnCmdlets cmdlets)
    {
        PlanMemory before = PlanMemory.Of(plan.Path);
        var run = new PlanRun(plan, before, cmdlets, Resolver, IsWhatIf, ShouldProcess, stage => WriteProgress(new ProgressRecord(0, plan.Name, stage)));
        var telling = new PlanTelling(plan, Resolver, cmdlets);
        if (IsWhatIf)
        {
            WhatIf(run, telling);
            return;
        }

        (before with { Runner = PlanRunner.Me, EndedAt = null, Status = null }).Write(plan.Path);
        telling.Begin();
        PlanResult result = run.Run();
        PlanMemory after = run.Memory.After(result);
        after.Write(plan.Path);
        result = telling.End(result, after);
        WriteProgress(new ProgressRecord(0, plan.Name, "ended") { RecordType = ProgressRecordType.Completed });
        Show(plan, result);
        BatchExitCode.Set(this, result.ExitCode);
        WriteObject(result);
        foreach (ErrorRecord error in run.Errors)
        {
            WriteError(error);
        }
    }

    private void WhatIf(PlanRun run, PlanTelling telling)
    {
        _ = run.Run();
        foreach (string name in telling.Names)
        {
            _ = ShouldProcess(name, "Tell what the run came to");
        }

        foreach (ErrorRecord error in run.Errors)
        {
            WriteError(error);
        }
    }

    private void Warn(string text)
    {
        if (_warned.Add(text))
        {
            WriteWarning(text);
        }
    }

    private void Show(BackupPlan plan, PlanResult result)
    {
        foreach (string text in result.LeftOut.Concat(result.NotTold))
        {
            Warn(text);
        }

        if (plan.Tell.Summary)
        {
            WriteInformation(new HostInformationMessage { Message = PlanSummary.FirstLine(result) }, ["PSHOST"]);
        }
    }
}
