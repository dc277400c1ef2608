using System.Management.Automation;

namespace SqliteBackup.Plans;

/// <summary>
/// The exit code of a pwsh that was started to run something and end: by -Command, -File or -EncodedCommand. In a session at a prompt, a job or
/// a remote session nothing is set but <c>$LASTEXITCODE</c>, which a script can end with.
/// </summary>
internal static class BatchExitCode
{
    // Parameters of pwsh that are followed by a value (about_Pwsh), by what is enough of their names.
    private static readonly string[] WithValue = ["ex", "ep", "wd", "wo", "config", "cus", "settings", "w", "inp", "if", "o", "of", "v", "ps"];

    private static int s_worst;

    /// <summary>Says what a run came to. Of several runs the worst counts: 1 before 2 before 0.</summary>
    public static void Set(PSCmdlet cmdlet, int code)
    {
        s_worst = code == 0 || s_worst == 1 ? s_worst : code;
        cmdlet.SessionState.PSVariable.Set("global:LASTEXITCODE", code);
        if (cmdlet.Host?.Name == "ConsoleHost" && IsBatch(Environment.GetCommandLineArgs()[1..]))
        {
            cmdlet.Host.SetShouldExit(s_worst);
        }
    }

    private static bool IsBatch(string[] arguments)
    {
        bool stays = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i].TrimStart('-', '/').ToLowerInvariant();
            if (!arguments[i].StartsWith('-') || Matches(name, "command", "c") || Matches(name, "file", "f") || name == "ec" || Matches(name, "encodedcommand", "e"))
            {
                return !stays;
            }

            stays |= Matches(name, "noexit", "noe") || Matches(name, "interactive", "i");
            i += WithValue.Any(known => name.StartsWith(known, StringComparison.Ordinal)) ? 1 : 0;
        }

        return false;
    }

    // PowerShell takes as much of a name as tells it apart.
    private static bool Matches(string name, string full, string least) =>
        full.StartsWith(name, StringComparison.Ordinal) && name.StartsWith(least, StringComparison.Ordinal);
}
