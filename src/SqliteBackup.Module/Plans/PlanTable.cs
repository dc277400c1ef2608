using System.Management.Automation.Language;
using SqliteBackup.Storage;

namespace SqliteBackup.Plans;

/// <summary>One <c>@{ }</c> of a plan: its keys, in the order in which they stand. What is asked of it and wrong is told to <paramref name="onMistake"/>.</summary>
internal sealed class PlanTable(string key, HashtableAst syntax, Action<int, string, string> onMistake)
{
    private readonly Dictionary<string, PlanValue> _values = Values(key, syntax);

    public string Key => key;

    public int Line => syntax.Extent.StartLineNumber;

    public IEnumerable<string> Names => _values.Keys;

    /// <summary>On which line each key stands.</summary>
    public IReadOnlyDictionary<string, int> Lines => _values.ToDictionary(pair => pair.Key, pair => pair.Value.Line, StringComparer.OrdinalIgnoreCase);

    public PlanValue? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The value of a key, or what stands for it where it is missing or wrong.</summary>
    public T Get<T>(string name, Func<PlanValue, T> read, T otherwise) => Find(name) is PlanValue value ? Get(value, read, otherwise) : otherwise;

    /// <summary>What a value says, or what stands for it where it is wrong.</summary>
    public T Get<T>(PlanValue value, Func<PlanValue, T> read, T otherwise)
    {
        try
        {
            return read(value);
        }
        catch (PlanValueException exception)
        {
            onMistake(value.Line, value.Key, exception.Message);
            return otherwise;
        }
    }

    /// <summary>The table in a value, or null where there is none.</summary>
    public PlanTable? TableOf(PlanValue value)
    {
        if (value.Expression is HashtableAst table)
        {
            return new PlanTable(value.Key, table, onMistake);
        }

        onMistake(value.Line, value.Key, $"'{value.Syntax.Extent.Text}' is no table of keys and values. Write @{{ Key = 'value' }}.");
        return null;
    }

    /// <summary>Says which keys are none, and which one may have been meant.</summary>
    public void RefuseUnknown(IReadOnlyCollection<string> known, Func<string, string?>? reason = null)
    {
        foreach ((string name, PlanValue value) in _values.Where(pair => !known.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)))
        {
            onMistake(value.Line, value.Key, reason?.Invoke(name)
                ?? (NearestWord.Find(name, known) is string nearest
                    ? $"There is no key '{name}' here. Did you mean '{nearest}'?"
                    : $"There is no key '{name}' here. Use one of: {string.Join(", ", known.Order(StringComparer.Ordinal))}."));
        }
    }

    /// <summary>Says that something is wrong with the table as a whole.</summary>
    public void Refuse(string message) => onMistake(Line, key, message);

    private static Dictionary<string, PlanValue> Values(string key, HashtableAst syntax)
    {
        var values = new Dictionary<string, PlanValue>(StringComparer.OrdinalIgnoreCase);
        foreach ((ExpressionAst name, StatementAst value) in syntax.KeyValuePairs)
        {
            string text = name is StringConstantExpressionAst constant ? constant.Value : name.Extent.Text;
            _ = values.TryAdd(text, new PlanValue(key.Length > 0 ? $"{key}.{text}" : text, name.Extent.StartLineNumber, value));
        }

        return values;
    }
}
