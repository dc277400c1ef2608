using System.Management.Automation;
using System.Management.Automation.Language;
using SqliteBackup.Parameters;

namespace SqliteBackup.Plans;

/// <summary>One value of a plan as it is written: nothing of it is ever run.</summary>
/// <param name="Key">Its key, with those above it.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Syntax">What stands there.</param>
internal sealed record PlanValue(string Key, int Line, Ast Syntax)
{
    /// <summary>The expression without the parentheses and pipelines around it, or null where it is none.</summary>
    public ExpressionAst? Expression => Unwrap(Syntax);

    /// <summary>Its parts where it is a list, itself where it is none. Each has its own line.</summary>
    public IEnumerable<PlanValue> Items()
    {
        Ast[] parts = [.. Parts(Syntax)];
        return parts.Select((part, index) => new PlanValue(parts.Length > 1 ? $"{Key}[{index}]" : Key, part.Extent.StartLineNumber, part));
    }

    /// <summary>What it says.</summary>
    /// <exception cref="PlanValueException">It would have to be run.</exception>
    public object? Read()
    {
        try
        {
            return Syntax.SafeGetValue();
        }
        catch (Exception exception) when (exception is InvalidOperationException or RuntimeException)
        {
            throw new PlanValueException(
                $"'{Syntax.Extent.Text}' is no plain value. A plan is read and never run: write text in quotes, numbers, $true, $false, lists and @{{ }}.");
        }
    }

    /// <summary>Its text.</summary>
    public string ReadText() =>
        Read() is string { Length: > 0 } text ? text : throw new PlanValueException($"'{Syntax.Extent.Text}' is no text. Write it in quotes.");

    /// <summary>Its texts.</summary>
    public IReadOnlyList<string> ReadTexts() => [.. Items().Select(item => item.ReadText())];

    /// <summary>Its age: 7d is a number to PowerShell, but what is written is what is meant.</summary>
    public TimeSpan ReadAge()
    {
        try
        {
            return AgeAttribute.Read(Expression is ConstantExpressionAst and not StringConstantExpressionAst ? Syntax.Extent.Text : Read() ?? "");
        }
        catch (ArgumentTransformationMetadataException exception)
        {
            throw new PlanValueException(exception.Message);
        }
    }

    /// <summary>Its value as one of a type that PowerShell can make of it.</summary>
    public T Read<T>() =>
        LanguagePrimitives.TryConvertTo(Read(), out T value) && value is not null
            ? value
            : throw new PlanValueException(typeof(T) == typeof(bool)
                ? $"'{Syntax.Extent.Text}' is neither $true nor $false."
                : $"'{Syntax.Extent.Text}' is no {typeof(T).Name}.");

    private static IEnumerable<Ast> Parts(Ast syntax) => Unwrap(syntax) switch
    {
        ArrayLiteralAst list => list.Elements.SelectMany(Parts),
        ArrayExpressionAst list => list.SubExpression.Statements.SelectMany(Parts),
        ExpressionAst one => [one],
        null => [syntax],
    };

    private static ExpressionAst? Unwrap(Ast syntax) => syntax switch
    {
        PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0 } only] } => Unwrap(only.Expression),
        CommandExpressionAst command => Unwrap(command.Expression),
        ParenExpressionAst inner => Unwrap(inner.Pipeline),
        ExpressionAst expression => expression,
        _ => null,
    };
}

/// <summary>A value of a plan is not what its key takes.</summary>
internal sealed class PlanValueException(string message) : Exception(message);
