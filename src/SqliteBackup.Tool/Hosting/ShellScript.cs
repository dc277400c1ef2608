using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using SqliteBackup.Tool.CommandLine;

namespace SqliteBackup.Tool.Hosting;

/// <summary>A parsed script with its arguments, ready to be put into a pipeline.</summary>
internal sealed class ShellScript
{
    private readonly ScriptBlockAst _ast;
    private readonly string _name;
    private readonly IReadOnlyList<string> _arguments;

    private ShellScript(ScriptBlockAst ast, ParseError[] errors, string name, IReadOnlyList<string> arguments, bool inputIsFree)
    {
        _ast = ast;
        _name = name;
        _arguments = arguments;
        Errors = errors;
        ReadsInput = inputIsFree
            && (ast.ProcessBlock is not null || ast.Find(IsInputVariable, searchNestedScriptBlocks: false) is not null);
    }

    /// <summary>Why it cannot be run.</summary>
    public IReadOnlyList<ParseError> Errors { get; }

    /// <summary>
    /// Whether it looks at its input. Only then is standard input read: a scheduler may leave one open that never ends.
    /// </summary>
    public bool ReadsInput { get; }

    /// <summary>What its <c>#requires</c> lines ask for.</summary>
    public ScriptRequirements? Requirements => _ast.ScriptRequirements;

    /// <summary>The script that <paramref name="arguments"/> name.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static ShellScript From(ToolArguments arguments)
    {
        switch (arguments.Action)
        {
            case ToolAction.File:
                return FromFile(arguments.File, arguments.Rest);
            case ToolAction.StandardInput:
                return FromText(StandardStreams.ReadAllInput(), "standard input", arguments.Rest, inputIsFree: false);
            default:
                return FromCommand(arguments.Command);
        }
    }

    /// <summary>The script that is <paramref name="command"/> itself.</summary>
    public static ShellScript FromCommand(string command) => FromText(command, "command", [], inputIsFree: true);

    /// <summary>Puts it into <paramref name="shell"/> as its first command.</summary>
    public void AddTo(PowerShell shell, Runspace runspace)
    {
        // As a function rather than as a script file, in which the engine would make of 'exit 3' a mere $LASTEXITCODE.
        runspace.SessionStateProxy.InvokeProvider.Item.Set([$"function:{_name}"], _ast.GetScriptBlock(), force: true, literalPath: true);
        Command command = new(_name, isScript: false, useLocalScope: false);
        ScriptArguments.AddTo(command, _arguments);
        shell.Commands.AddCommand(command);
    }

    private static ShellScript FromFile(string file, IReadOnlyList<string> arguments)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"There is no script '{file}'.");
        }

        ScriptBlockAst ast = Parser.ParseFile(Path.GetFullPath(file), out _, out ParseError[] errors);
        return new ShellScript(ast, errors, Path.GetFileName(file), arguments, inputIsFree: true);
    }

    private static ShellScript FromText(string text, string name, IReadOnlyList<string> arguments, bool inputIsFree)
    {
        ScriptBlockAst ast = Parser.ParseInput(text, out _, out ParseError[] errors);
        return new ShellScript(ast, errors, name, arguments, inputIsFree);
    }

    private static bool IsInputVariable(Ast node) =>
        node is VariableExpressionAst variable && variable.VariablePath.UserPath.Equals("input", StringComparison.OrdinalIgnoreCase);
}
