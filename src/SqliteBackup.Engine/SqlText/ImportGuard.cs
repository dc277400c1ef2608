using SQLitePCL;

namespace SqliteBackup.Engine.SqlText;

/// <summary>
/// Refuses statements that reach beyond the database they run in, when they are compiled (https://sqlite.org/c3ref/set_authorizer.html).
/// VACUUM INTO attaches its file, so it is refused with ATTACH.
/// </summary>
internal sealed class ImportGuard
{
    private static readonly string[] UnsafeFunctions = ["load_extension", "writefile", "readfile", "edit", "fts3_tokenizer"];
    private static readonly string[] UnsafePragmas = ["temp_store_directory", "data_store_directory"];

    // The connection calls it for as long as it is open.
    private readonly strdelegate_authorizer _authorizer;

    public ImportGuard(sqlite3 connection)
    {
        _authorizer = Authorize;
        _ = raw.sqlite3_set_authorizer(connection, _authorizer, null);
    }

    /// <summary>What was refused last, in words; null where nothing was.</summary>
    public string? Refused { get; private set; }

    /// <summary>Forgets what was refused.</summary>
    public void Reset() => Refused = null;

    private int Authorize(object? userData, int action, string? first, string? second, string? database, string? inner)
    {
        string? unsafeThing = action switch
        {
            // An unnamed file is a temporary one of SQLite's own, as a plain VACUUM has it.
            raw.SQLITE_ATTACH when !string.IsNullOrEmpty(first) && first != ":memory:" => $"it attaches or writes the file '{first}'",
            raw.SQLITE_ATTACH when first is null => "it attaches or writes a file",
            raw.SQLITE_FUNCTION when UnsafeFunctions.Contains(second, StringComparer.OrdinalIgnoreCase) => $"it calls {second}()",
            raw.SQLITE_PRAGMA when UnsafePragmas.Contains(first, StringComparer.OrdinalIgnoreCase) => $"it sets {first}",
            _ => null,
        };
        Refused ??= unsafeThing;
        return unsafeThing is null ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }
}
