namespace SqliteBackup.HelpBuilder;

/// <summary>What a cmdlet says about itself.</summary>
internal sealed record CmdletModel
{
    public required string Verb { get; init; }

    public required string Noun { get; init; }

    public required string? DefaultSet { get; init; }

    public required IReadOnlyList<ParameterModel> Parameters { get; init; }

    public required IReadOnlyList<Type> Outputs { get; init; }

    public string Name => $"{Verb}-{Noun}";
}

/// <summary>One parameter, with a use for each parameter set that it is in.</summary>
internal sealed record ParameterModel(
    string Name, Type Type, IReadOnlyList<ParameterUse> Uses, IReadOnlyList<string> Aliases, bool TakesWildcards, IReadOnlyList<string> Values, string Default)
{
    public bool IsSwitch => Type.Name == "SwitchParameter";
}

/// <summary>How a parameter is given in one parameter set, or, without one, in all of them. Without a position it is given by name.</summary>
internal sealed record ParameterUse(string? Set, bool IsMandatory, int? Position, string PipelineInput);
