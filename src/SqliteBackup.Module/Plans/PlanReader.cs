using System.Collections;
using System.Management.Automation.Language;

namespace SqliteBackup.Plans;

/// <summary>Reads a plan's file as data. Every mistake is told at once, and nothing in the file is run.</summary>
internal sealed class PlanReader
{
    private static readonly string[] RootKeys = ["Databases", "Defaults", "Destinations", "Test", "FreshWithin", "Tell"];
    private static readonly string[] SearchKeys = ["Path", "Recurse", "Depth", "Include", "Exclude"];

    private readonly string _path;
    private readonly List<PlanMistake> _mistakes = [];

    private PlanReader(string path) => _path = path;

    /// <summary>Reads one.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>The plan as far as it could be read, and what is wrong with it.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.FileNotFound"/> or <see cref="BackupFailure.PlanInvalid"/>: there is no file to read.</exception>
    public static (BackupPlan Plan, IReadOnlyList<PlanMistake> Mistakes) Read(string path)
    {
        var reader = new PlanReader(path);
        BackupPlan plan = reader.Parse(ReadText(path)) is HashtableAst syntax
            ? reader.Read(new PlanTable("", syntax, reader.Add))
            : new BackupPlan { Path = path };
        return (plan, [.. reader._mistakes.OrderBy(mistake => mistake.Line)]);
    }

    private static string ReadText(string path)
    {
        if (!File.Exists(path))
        {
            throw new SqliteBackupException(BackupFailure.FileNotFound, path, $"There is no plan '{path}'. Check the path.");
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SqliteBackupException(
                BackupFailure.PlanInvalid, path, $"The plan '{path}' can't be read: {exception.Message} Check its rights.", innerException: exception);
        }
    }

    private void Add(int line, string key, string message) => _mistakes.Add(new PlanMistake(_path, line, key, message));

    private HashtableAst? Parse(string text)
    {
        ScriptBlockAst script = Parser.ParseInput(text, _path, out _, out ParseError[] errors);
        foreach (ParseError error in errors)
        {
            Add(error.Extent.StartLineNumber, "", error.Message);
        }

        if (errors.Length > 0)
        {
            return null;
        }

        if (script is { ParamBlock: null, BeginBlock: null, ProcessBlock: null, DynamicParamBlock: null, EndBlock.Statements: [StatementAst only] }
            && new PlanValue("", 1, only).Expression is HashtableAst table)
        {
            return table;
        }

        Add(1, "", "A plan is one table, @{ ... }, and nothing else. It is read as data and never run.");
        return null;
    }

    private BackupPlan Read(PlanTable root)
    {
        root.RefuseUnknown(RootKeys);
        PlanTable? usual = root.Find("Defaults") is PlanValue value ? root.TableOf(value) : null;
        var defaults = new PlanDatabases(0, "") { Options = usual is null ? [] : Options(usual, []), Lines = usual?.Lines ?? new Dictionary<string, int>() };
        var plan = new BackupPlan
        {
            Path = _path,
            Databases = [.. Tables(root, "Databases", "Path").Select(databases => Databases(databases, defaults))],
            Destinations = [.. Tables(root, "Destinations", "Location").Select(Destination).OfType<PlanDestination>()],
            Test = Test(root),
            FreshWithin = root.Get("FreshWithin", age => age.ReadAge(), (TimeSpan?)null),
            Tell = root.Find("Tell") is PlanValue tell && root.TableOf(tell) is PlanTable told ? PlanTellReader.Read(told) : new PlanTell(),
        };
        foreach (PlanDestination twice in plan.Destinations.GroupBy(destination => destination.Location.TrimEnd('/', '\\')).SelectMany(group => group.Skip(1)))
        {
            Add(twice.Line, twice.Key, $"'{twice.Location}' is named twice. Name each destination once.");
        }

        return plan;
    }

    // A text stands for a table that has only the one key that must be there.
    private IReadOnlyList<(PlanTable? Table, PlanValue Value)> Tables(PlanTable root, string name, string needed)
    {
        if (root.Find(name) is not PlanValue list)
        {
            root.Refuse($"'{name}' is missing. Write {name} = @{{ {needed} = '...' }}.");
            return [];
        }

        PlanValue[] items = [.. list.Items()];
        if (items.Length == 0)
        {
            Add(list.Line, list.Key, $"The list is empty. Write {name} = @{{ {needed} = '...' }}.");
        }

        return
        [
            .. items.Where(item => item.Expression is not StringConstantExpressionAst { Value: "" } || Refuse(item))
                .Select(item => (Table: item.Expression is StringConstantExpressionAst ? null : root.TableOf(item), Value: item))
                .Where(entry => entry.Table is not null || entry.Value.Expression is StringConstantExpressionAst),
        ];

        bool Refuse(PlanValue item)
        {
            Add(item.Line, item.Key, "The text is empty.");
            return false;
        }
    }

    private static PlanDatabases Databases((PlanTable? Table, PlanValue Value) entry, PlanDatabases defaults)
    {
        if (entry.Table is not PlanTable table)
        {
            return defaults with { Line = entry.Value.Line, Key = entry.Value.Key, Paths = [entry.Value.ReadText()] };
        }

        var search = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (string name in SearchKeys.Where(name => name != "Path" && table.Find(name) is not null))
        {
            search[name] = name switch
            {
                "Recurse" => table.Get(name, value => value.Read<bool>(), otherwise: false),
                "Depth" => table.Get(name, value => value.Read<int>(), 0),
                _ => table.Get<IReadOnlyList<string>>(name, value => value.ReadTexts(), []).ToArray(),
            };
        }

        if (table.Find("Path") is null)
        {
            table.Refuse("'Path' is missing: it says which databases. Write a path, a pattern or a folder.");
        }

        return new PlanDatabases(table.Line, table.Key)
        {
            Paths = table.Get<IReadOnlyList<string>>("Path", value => value.ReadTexts(), []),
            Search = search,
            Exclude = search["Exclude"] as string[] ?? [],
            Options = Options(table, defaults.Options, SearchKeys),
            Lines = defaults.Lines.Concat(table.Lines).GroupBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(lines => lines.Key, lines => lines.Last().Value, StringComparer.OrdinalIgnoreCase),
        };
    }

    private static Hashtable Options(PlanTable table, Hashtable defaults, params string[] others)
    {
        table.RefuseUnknown([.. CmdletParameters.OfBackups, .. others], name =>
            CmdletParameters.Rules.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"'{name}' says how long backups are kept. Write it at a destination, which has its own rules." : null);
        return Values(table, CmdletParameters.OfBackups, new Hashtable(defaults, StringComparer.OrdinalIgnoreCase));
    }

    private static Hashtable Values(PlanTable table, IEnumerable<string> names, Hashtable values)
    {
        foreach (string name in names.Where(name => table.Find(name) is not null))
        {
            values[name] = table.Get(name, value => value.Read(), null);
        }

        return values;
    }

    private static PlanDestination? Destination((PlanTable? Table, PlanValue Value) entry)
    {
        if (entry.Table is not PlanTable table)
        {
            return new PlanDestination(entry.Value.Line, entry.Value.Key, entry.Value.ReadText());
        }

        table.RefuseUnknown(["Location", .. CmdletParameters.OfBackups, .. CmdletParameters.Rules]);
        if (table.Find("Location") is null)
        {
            table.Refuse("'Location' is missing: it says where to. Write a folder or a location.");
        }

        return table.Get("Location", value => value.ReadText(), "") is { Length: > 0 } location
            ? new PlanDestination(table.Line, table.Key, location)
            {
                Keep = Keep(table),
                Options = Values(table, CmdletParameters.OfBackups, new Hashtable(StringComparer.OrdinalIgnoreCase)),
                Lines = table.Lines,
            }
            : null;
    }

    private static Hashtable Keep(PlanTable table)
    {
        var rules = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (string name in CmdletParameters.Rules.Where(name => table.Find(name) is not null))
        {
            rules[name] = name is "KeepWithin" or "OlderThan"
                ? table.Get(name, value => value.ReadAge(), TimeSpan.MaxValue)
                : table.Get(name, value => value.Read<int>() is >= 0 and int count ? count : throw new PlanValueException("A count can't be negative."), 0);
        }

        return rules;
    }

    private static PlanTest? Test(PlanTable root)
    {
        if (root.Find("Test") is not PlanValue value || root.TableOf(value) is not PlanTable table)
        {
            return null;
        }

        table.RefuseUnknown(["Every", "Level", "IdentityFile"]);
        return new PlanTest(
            table.Get("Every", every => every.ReadAge() is { Ticks: > 0 } age ? age : throw new PlanValueException("It must be longer than nothing, as in '7d'."), TimeSpan.FromDays(7)),
            table.Get("Level", level => level.Read<VerifyLevel>() is not VerifyLevel.None and VerifyLevel known ? known : throw new PlanValueException("Use 'Quick' or 'Full'."), VerifyLevel.Full))
        {
            IdentityFiles = table.Get<IReadOnlyList<string>>("IdentityFile", files => files.ReadTexts(), []),
            Line = value.Line,
        };
    }
}
