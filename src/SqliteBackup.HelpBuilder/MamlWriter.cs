using System.Globalization;
using System.Xml.Linq;

namespace SqliteBackup.HelpBuilder;

/// <summary>
/// Writes help as MAML, the form that Get-Help reads: https://learn.microsoft.com/powershell/scripting/developer/help/writing-help-for-windows-powershell-cmdlets
/// </summary>
internal static class MamlWriter
{
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XDocument Write(IEnumerable<CmdletHelp> cmdlets) => new(
        new XDeclaration("1.0", "utf-8", null),
        new XElement(Root + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(Write)));

    private static XElement Write(CmdletHelp help) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", help.Cmdlet.Name),
            new XElement(Command + "verb", help.Cmdlet.Verb),
            new XElement(Command + "noun", help.Cmdlet.Noun),
            Paragraphs(Maml + "description", help.Page.Synopsis)),
        Paragraphs(Maml + "description", help.Page.Description),
        new XElement(Command + "syntax", help.Sets.Select(set => Syntax(help, set))),
        new XElement(Command + "parameters", help.Parameters.Select(parameter => Parameter(parameter, parameter.Model.Uses[0]))),
        new XElement(Command + "inputTypes", help.Page.Inputs.Select(text => Typed(Command + "inputType", help.TypeName(text), text.Text))),
        new XElement(Command + "returnValues", help.Page.Outputs.Select(text => Typed(Command + "returnValue", help.TypeName(text), text.Text))),
        new XElement(Maml + "alertSet", new XElement(Maml + "title"), Paragraphs(Maml + "alert", help.Page.Notes)),
        new XElement(Command + "examples", help.Page.Examples.Select((example, index) => Example(example, index + 1))),
        new XElement(Maml + "relatedLinks", help.Page.Links.Select(Link)));

    // First what is given by position, then what has to be given, then the rest, as Get-Command -Syntax has it.
    private static XElement Syntax(CmdletHelp help, string? set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", help.Cmdlet.Name),
        from parameter in help.Parameters
        from use in parameter.Model.Uses
        where use.Set is null || use.Set == set
        orderby use.Position ?? int.MaxValue, !use.IsMandatory
        select Parameter(parameter, use));

    private static XElement Parameter(DescribedParameter parameter, ParameterUse use)
    {
        ParameterModel model = parameter.Model;
        return new XElement(
            Command + "parameter",
            new XAttribute("required", use.IsMandatory),
            new XAttribute("variableLength", model.Type.IsArray),
            new XAttribute("globbing", model.TakesWildcards),
            new XAttribute("pipelineInput", use.PipelineInput),
            new XAttribute("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", model.Aliases.Count == 0 ? "none" : string.Join(", ", model.Aliases)),
            new XElement(Maml + "name", model.Name),
            Paragraphs(Maml + "description", parameter.Text),
            model.Values.Count == 0 ? null : new XElement(Command + "parameterValueGroup", model.Values.Select(value => ParameterValue(value, false, false))),
            model.IsSwitch ? null : ParameterValue(model.Type.Name, true, model.Type.IsArray),
            new XElement(Dev + "type", new XElement(Maml + "name", model.Type.Name), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", parameter.Default));
    }

    private static XElement ParameterValue(string text, bool isRequired, bool isArray) => new(
        Command + "parameterValue", new XAttribute("required", isRequired), new XAttribute("variableLength", isArray), text);

    private static XElement Typed(XName name, string type, IEnumerable<string> text) => new(
        name, new XElement(Dev + "type", new XElement(Maml + "name", type)), Paragraphs(Maml + "description", text));

    private static XElement Example(HelpExample example, int number) => new(
        Command + "example",
        new XElement(Maml + "title", $"Example {number}: {example.Title}"),
        new XElement(Dev + "code", example.Code),
        Paragraphs(Dev + "remarks", example.Remarks));

    private static XElement Link(string text) => new(Maml + "navigationLink", new XElement(Maml + "linkText", text), new XElement(Maml + "uri"));

    private static XElement Paragraphs(XName name, IEnumerable<string> text) => new(name, text.Select(paragraph => new XElement(Maml + "para", paragraph)));
}
