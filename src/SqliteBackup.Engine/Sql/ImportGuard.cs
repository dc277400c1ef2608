using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>
/// Refuses statements that reach beyond the database they run in, when they are compiled (https://sqlite.org/c3ref/set_authorizer.html).
/// VACUUM INTO attaches its file, so it is refused with ATTACH. What would be set for the whole process, and so for every later backup in it,
/// is refused always.
/// </summary>
internal sealed class ImportGuard
{
    private const string CanBeAllowed = ". Allow it with -AllowUnsafe if you trust the file";

    private static readonly string[] UnsafeFunctions = ["load_extension", "writefile", "readfile", "edit", "fts3_tokenizer"];

    // Memory limits and folders are the process's. A proxy for locks is a file of its own.
    private static readonly string[] LastingPragmas =
        ["hard_heap_limit", "soft_heap_limit", "temp_store_directory", "data_store_directory", "lock_proxy_file"];

    private readonly bool _allowsUnsafe;

    // The connection calls it for as long as it is open.
    private readonly strdelegate_authorizer _authorizer;

    public ImportGuard(sqlite3 connection, bool allowsUnsafe)
    {
        _allowsUnsafe = allowsUnsafe;
        _authorizer = Authorize;
        _ = raw.sqlite3_set_authorizer(connection, _authorizer, null);

        // A plain VACUUM attaches one file of its own.
        if (!allowsUnsafe)
        {
            _ = raw.sqlite3_limit(connection, raw.SQLITE_LIMIT_ATTACHED, 1);
        }
    }

    /// <summary>What was refused last, in words; null where nothing was.</summary>
    public string? Refused { get; private set; }

    /// <summary>Forgets what was refused.</summary>
    public void Reset() => Refused = null;

    private int Authorize(object? userData, int action, string? first, string? second, string? database, string? inner)
    {
        string? refused = action == raw.SQLITE_PRAGMA && second is not null && LastingPragmas.Contains(first, StringComparer.OrdinalIgnoreCase)
            ? $"{first} is a setting of the whole process, not of the database. Remove it from the file"
            : _allowsUnsafe ? null : Unsafe(action, first, second);
        Refused ??= refused;
        return refused is null ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }

    private static string? Unsafe(int action, string? first, string? second) => action switch
    {
        // An unnamed file is a temporary one of SQLite's own, as a plain VACUUM has it.
        raw.SQLITE_ATTACH when !string.IsNullOrEmpty(first) && first != ":memory:" => $"it attaches or writes the file '{first}'{CanBeAllowed}",
        raw.SQLITE_ATTACH when first is null => $"it attaches or writes a file{CanBeAllowed}",
        raw.SQLITE_FUNCTION when UnsafeFunctions.Contains(second, StringComparer.OrdinalIgnoreCase) => $"it calls {second}(){CanBeAllowed}",
        _ => null,
    };
}
