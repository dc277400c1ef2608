using System.Management.Automation;
using SqliteBackup.Plans;

namespace SqliteBackup.Commands;

/// <summary>Finds every mistake in a plan before the night comes.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SqliteBackupPlan")]
[OutputType(typeof(PlanCheck))]
public sealed class TestSqliteBackupPlanCommand : PlanCommand
{
    private protected override void Process(string plan)
    {
        (BackupPlan read, IReadOnlyList<PlanMistake> mistakes) = PlanReader.Read(plan);
        using var place = new PlanPlace(SessionState, read.Folder);
        // What the searched folders warn of is among the mistakes.
        var cmdlets = new OwnCmdlets(_ => { }, StopToken);
        PlanCheck check = new PlanChecker(cmdlets, Resolver).Check(read, mistakes);
        Refuse(check.Mistakes);
        WriteObject(check);
    }
}
