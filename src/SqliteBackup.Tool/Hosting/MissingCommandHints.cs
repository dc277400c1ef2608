using System.Collections.Frozen;
using System.Management.Automation;

namespace SqliteBackup.Tool.Hosting;

/// <summary>
/// The engine comes without the modules that ship with pwsh. Where a script asks for one of their commands, says so and what to do
/// instead.
/// </summary>
internal static class MissingCommandHints
{
    private const string RunUnderPwsh = "run the script under pwsh";

    private static readonly FrozenDictionary<string, string> ModuleOfCommand = Table();

    private static readonly FrozenDictionary<string, string> Instead = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Get-ChildItem"] = "use wildcards in -Path, or Get-SqliteDatabase; or [System.IO.Directory]::GetFiles()",
        ["Get-Item"] = "give the path itself to -Path or -LiteralPath; or use [System.IO.FileInfo]::new()",
        ["Resolve-Path"] = "use [System.IO.Path]::GetFullPath()",
        ["Import-Csv"] = "pipe objects instead, such as [pscustomobject]@{ Path = 'a.db'; Destination = 'backups' }",
        ["ConvertTo-Json"] = "put -OutputFormat Json before the command line",
        ["ConvertFrom-Json"] = "use [System.Text.Json.JsonDocument]::Parse()",
        ["Export-Csv"] = "put -OutputFormat Json before the command line and convert that",
        ["ConvertTo-Csv"] = "put -OutputFormat Json before the command line and convert that",
        ["Format-Table"] = "leave it out: results print through their own view",
        ["Format-List"] = "put -OutputFormat Json before the command line to see every property",
        ["Select-Object"] = "use ForEach-Object Name for one property, or put -OutputFormat Json before the command line for all",
        ["Sort-Object"] = "sort outside",
        ["Out-String"] = "leave it out and redirect standard output",
        ["Out-File"] = "redirect standard output",
        ["Tee-Object"] = "pipe standard output to tee",
        ["Write-Output"] = "write the value by itself, without a command",
        ["Write-Host"] = "write the text by itself, without a command, or use [Console]::WriteLine()",
        ["Write-Error"] = "use throw",
        ["Write-Warning"] = "use $Host.UI.WriteWarningLine()",
        ["Write-Verbose"] = "use $Host.UI.WriteVerboseLine()",
        ["Join-Path"] = "use [System.IO.Path]::Combine()",
        ["Split-Path"] = "use [System.IO.Path]::GetDirectoryName() or GetFileName()",
        ["Test-Path"] = "use [System.IO.Path]::Exists()",
        ["Set-Location"] = "change the folder before starting sqlitebackup, or use full paths",
        ["Get-Location"] = "use $PWD",
        ["New-Item"] = "use [System.IO.Directory]::CreateDirectory(); the cmdlets make their -Destination themselves",
        ["Remove-Item"] = "use [System.IO.File]::Delete()",
        ["Copy-Item"] = "use [System.IO.File]::Copy(), but never on a database in use",
        ["Move-Item"] = "use [System.IO.File]::Move()",
        ["Get-Content"] = "use [System.IO.File]::ReadAllLines()",
        ["Set-Content"] = "use [System.IO.File]::WriteAllText()",
        ["Get-Date"] = "use [datetime]::Now",
        ["New-TimeSpan"] = "use [timespan]",
        ["New-Object"] = "use [TypeName]::new()",
        ["New-Guid"] = "use [guid]::NewGuid()",
        ["Start-Sleep"] = "use [System.Threading.Thread]::Sleep()",
        ["Measure-Object"] = "use the Count property of @( ... )",
        ["Measure-Command"] = "see Duration in the results, or time the run outside",
        ["Get-FileHash"] = "use sha256sum or the like",
        ["Read-Host"] = "use $Host.UI.ReadLine()",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What to say of <paramref name="error"/>, or null if it is not about a command of pwsh's own modules.</summary>
    public static string? For(ErrorRecord error)
    {
        // The engine turns what is piped into a program to text with a command that it does not have itself.
        if (error.Exception is ApplicationFailedException { InnerException: CommandNotFoundException { CommandName: "Out-String" } })
        {
            return $"{error.TargetObject ?? "The program"}: the embedded shell cannot pipe into a program. "
                + $"Pipe the output of sqlitebackup itself, or {RunUnderPwsh}.";
        }

        // The second when PSModulePath leads to a pwsh: the module is found there, but its assembly is not in this process.
        if (error.Exception is not CommandNotFoundException { CommandName: { } name }
            || error.FullyQualifiedErrorId is not ("CommandNotFoundException" or "CouldNotAutoloadMatchingModule")
            || !ModuleOfCommand.TryGetValue(name, out string? module))
        {
            return null;
        }

        string remedy = Instead.TryGetValue(name, out string? instead) ? $"{instead}. Otherwise {RunUnderPwsh}" : RunUnderPwsh;
        return $"{name} belongs to {module}, a module of pwsh that the embedded shell does not have. "
            + $"{char.ToUpperInvariant(remedy[0])}{remedy[1..]}, with Import-Module SqliteBackup.";
    }

    private static FrozenDictionary<string, string> Table()
    {
        Dictionary<string, string> modules = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string module, string commands) in PwshCommands.ByModule)
        {
            foreach (string command in commands.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                modules[command] = module;
            }
        }

        return modules.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
