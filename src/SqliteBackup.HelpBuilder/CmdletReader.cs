using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace SqliteBackup.HelpBuilder;

/// <summary>
/// Reads the cmdlets of a built assembly. Attributes are read as they were written, for the stub of System.Management.Automation that they
/// are loaded with forgets what it is given.
/// </summary>
internal static class CmdletReader
{
    private static readonly string[] ShouldProcess = ["WhatIf", "Confirm"];

    public static IEnumerable<CmdletModel> Read(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        where !type.IsAbstract && typeof(Cmdlet).IsAssignableFrom(type)
        select Read(type);

    private static CmdletModel Read(Type type)
    {
        CustomAttributeData cmdlet = Find<CmdletAttribute>(type)!;
        object instance = Activator.CreateInstance(type)!;
        IEnumerable<ParameterModel> own =
            from property in type.GetProperties()
            where Find<ParameterAttribute>(property) is not null
            select Read(property, instance);
        IEnumerable<ParameterModel> added = Value(cmdlet, "SupportsShouldProcess", false)
            ? ShouldProcess.Select(name => ShouldProcessParameter(name, Value(cmdlet, "ConfirmImpact", 0) == (int)ConfirmImpact.High))
            : [];
        return new CmdletModel
        {
            Verb = (string)cmdlet.ConstructorArguments[0].Value!,
            Noun = (string)cmdlet.ConstructorArguments[1].Value!,
            DefaultSet = Value<string?>(cmdlet, "DefaultParameterSetName", null),
            Parameters = [.. own, .. added],
            Outputs = [.. All<OutputTypeAttribute>(type).SelectMany(output => Arguments<Type>(output))],
        };
    }

    private static ParameterModel Read(PropertyInfo property, object instance)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Type element = type.GetElementType() ?? type;
        return new ParameterModel(
            property.Name,
            type,
            [.. All<ParameterAttribute>(property).Select(Use)],
            [.. All<AliasAttribute>(property).SelectMany(Arguments<string>)],
            Find<SupportsWildcardsAttribute>(property) is not null,
            Find<ValidateSetAttribute>(property) is CustomAttributeData set ? [.. Arguments<string>(set)]
                : element.IsEnum ? Enum.GetNames(element) : [],
            type == typeof(SwitchParameter) ? "False" : Text(property.GetValue(instance)));
    }

    private static ParameterModel ShouldProcessParameter(string name, bool asks) => new(
        name,
        typeof(SwitchParameter),
        [new ParameterUse(null, false, null, PipelineInput(false, false))],
        [name == "WhatIf" ? "wi" : "cf"],
        TakesWildcards: false,
        [],
        $"{asks && name == "Confirm"}");

    private static ParameterUse Use(CustomAttributeData parameter)
    {
        int position = Value(parameter, "Position", int.MinValue);
        return new ParameterUse(
            Value<string?>(parameter, "ParameterSetName", null),
            Value(parameter, "Mandatory", false),
            position == int.MinValue ? null : position,
            PipelineInput(Value(parameter, "ValueFromPipeline", false), Value(parameter, "ValueFromPipelineByPropertyName", false)));
    }

    private static string PipelineInput(bool byValue, bool byName) =>
        (byValue, byName) switch
        {
            (true, true) => "True (ByPropertyName, ByValue)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        };

    private static string Text(object? value) => value switch
    {
        null or "" => "None",
        string text => text,
        IEnumerable list => list.Cast<object>().Any() ? string.Join(", ", list.Cast<object>()) : "None",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<CustomAttributeData> All<T>(MemberInfo member) =>
        member.GetCustomAttributesData().Where(attribute => attribute.AttributeType == typeof(T));

    private static CustomAttributeData? Find<T>(MemberInfo member) => All<T>(member).FirstOrDefault();

    private static T Value<T>(CustomAttributeData attribute, string name, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value is T value ? value : otherwise;

    private static IEnumerable<T> Arguments<T>(CustomAttributeData attribute) =>
        attribute.ConstructorArguments
            .SelectMany(argument => argument.Value is IReadOnlyCollection<CustomAttributeTypedArgument> many ? many : [argument])
            .Select(argument => argument.Value)
            .OfType<T>();
}
