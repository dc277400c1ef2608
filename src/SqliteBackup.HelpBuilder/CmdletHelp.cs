namespace SqliteBackup.HelpBuilder;

/// <summary>A cmdlet and its page, brought together: everything about a cmdlet is described, and nothing that it has not.</summary>
internal sealed class CmdletHelp
{
    // What several cmdlets have. A page that has more to say about one says it.
    private readonly IReadOnlyList<HelpEntry> _shared;
    private readonly IReadOnlyDictionary<string, Type> _types;

    /// <summary>Brings them together. A page may name the given types without a namespace, and leave out parameters that are described for all.</summary>
    /// <exception cref="HelpException">They don't fit each other.</exception>
    public CmdletHelp(CmdletModel cmdlet, HelpPage page, IReadOnlyDictionary<string, Type> types, IReadOnlyList<HelpEntry> shared)
    {
        _shared = shared;
        _types = types;
        Cmdlet = cmdlet;
        Page = page;
        if (page.Parameters.FirstOrDefault(text => cmdlet.Parameters.All(parameter => parameter.Name != text.Name)) is HelpEntry unknown)
        {
            throw page.Error(unknown.Line, $"{cmdlet.Name} has no parameter -{unknown.Name}.");
        }

        List<string> order = [.. page.Parameters.Select(text => text.Name)];
        if (order.Distinct().Count() != order.Count)
        {
            throw page.Error(1, $"A parameter of {cmdlet.Name} is described twice.");
        }

        Parameters = [.. cmdlet.Parameters.Select(Describe).OrderBy(described => order.IndexOf(described.Model.Name) is int at and >= 0 ? at : int.MaxValue)];
        foreach (Type output in cmdlet.Outputs.Where(output => page.Outputs.All(text => TypeName(text) != output.FullName)))
        {
            throw page.Error(1, $"'## OUTPUTS' says nothing about {output.Name}, which {cmdlet.Name} declares.");
        }

        foreach (HelpEntry text in page.Outputs.Where(text => cmdlet.Outputs.All(output => TypeName(text) != output.FullName)))
        {
            throw page.Error(text.Line, $"{cmdlet.Name} does not declare that it puts out {text.Name}.");
        }
    }

    public CmdletModel Cmdlet { get; }

    public HelpPage Page { get; }

    /// <summary>In the page's order.</summary>
    public IReadOnlyList<DescribedParameter> Parameters { get; }

    /// <summary>The parameter sets: the default one, then in the page's order.</summary>
    public IEnumerable<string?> Sets
    {
        get
        {
            string?[] sets = [.. Parameters.SelectMany(parameter => parameter.Model.Uses).Select(use => use.Set).Where(set => set is not null).Distinct()];
            return sets.Length == 0 ? [null] : sets.OrderByDescending(set => set == Cmdlet.DefaultSet);
        }
    }

    /// <summary>The full name of a type that a page names: ours without a namespace, others with it.</summary>
    public string TypeName(HelpEntry text) =>
        _types.TryGetValue(text.Name, out Type? type) ? type.FullName!
        : text.Name.Contains('.', StringComparison.Ordinal) ? text.Name
        : throw Page.Error(text.Line, $"There is no type {text.Name}. Types that are not the module's are named with their namespace.");

    private DescribedParameter Describe(ParameterModel parameter) =>
        Page.Parameters.FirstOrDefault(text => text.Name == parameter.Name) is HelpEntry found
            ? new DescribedParameter(parameter, found.Text, found.Default ?? parameter.Default)
            : _shared.FirstOrDefault(text => text.Name == parameter.Name) is HelpEntry shared
                ? new DescribedParameter(parameter, shared.Text, shared.Default ?? parameter.Default)
                : throw Page.Error(1, $"There is no text for -{parameter.Name} of {Cmdlet.Name}. Write it below '### -{parameter.Name}'.");
}

internal sealed record DescribedParameter(ParameterModel Model, IReadOnlyList<string> Text, string Default);
