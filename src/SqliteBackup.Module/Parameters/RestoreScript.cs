using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Security;
using SqliteBackup.Restore;

namespace SqliteBackup.Parameters;

/// <summary>The command that restores one backup, for a runbook: full paths, and what the user chose besides.</summary>
internal static class RestoreScript
{
    // They chose the backup and the file, or are no part of the work.
    private static readonly string[] Settled =
        ["Path", "LiteralPath", "InputObject", "Destination", "Database", "At", "Before", "FileNameFormat", "ThrottleLimit", "AsJob", "AsScript", "WhatIf", "Confirm", .. Cmdlet.CommonParameters];

    /// <summary>One line.</summary>
    public static string Line(RestoreRequest request, IDictionary<string, object> bound) => string.Join(
        ' ',
        bound.Where(parameter => !Settled.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase)).Select(parameter => Option(parameter.Key, parameter.Value))
            .Prepend($"Restore-SqliteDatabase -LiteralPath {Value(request.Backup)} -Destination {Value(request.Database)}"));

    private static string Option(string name, object value) => value switch
    {
        SwitchParameter { IsPresent: true } => $"-{name}",
        SwitchParameter => $"-{name}:$false",

        // A secret is no part of a runbook.
        PSCredential => $"-{name} (Get-Credential)",
        SecureString => $"-{name} (Read-Host -AsSecureString)",
        string[] texts => $"-{name} {string.Join(", ", texts.Select(Value))}",
        _ => $"-{name} {Value(value)}",
    };

    private static string Value(object? value) => value switch
    {
        IDictionary table => $"@{{ {string.Join("; ", table.Keys.Cast<object>().Select(key => $"{Value(key)} = {Value(table[key])}"))} }}",
        IFormattable number and (int or long or double) => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"'{CodeGeneration.EscapeSingleQuotedStringContent($"{value}")}'",
    };
}
