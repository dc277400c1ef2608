using System.Globalization;
using System.Management.Automation.Host;

namespace SqliteBackup.Tool.Hosting;

/// <summary>What the engine knows of the program around it.</summary>
internal sealed class ToolHost(ToolHostUserInterface userInterface) : PSHost
{
    /// <summary>The argument of <c>exit</c>, once it was called.</summary>
    public int? RequestedExitCode { get; private set; }

    public override string Name => "sqlitebackup";

    public override Version Version { get; } = typeof(ToolHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => userInterface;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("There is no nested prompt here; run this under pwsh.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("There is no nested prompt here; run this under pwsh.");

    public override void NotifyBeginApplication() => userInterface.MakeWay();

    public override void NotifyEndApplication()
    {
    }
}
