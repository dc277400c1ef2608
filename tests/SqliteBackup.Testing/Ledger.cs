using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing;

/// <summary>
/// Tables in which every commit leaves an invariant: money only moves between accounts, so the total never changes, and the numbers of the
/// entries have no hole. A copy that mixes two instants breaks one or the other.
/// </summary>
public static class Ledger
{
    public const int Accounts = 100;
    public const long Total = Accounts * 1000L;

    public const string Schema =
        """
        CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
        CREATE TABLE entry(number INTEGER PRIMARY KEY, amount INTEGER NOT NULL, at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')));
        CREATE INDEX entry_amount ON entry(amount);
        CREATE TABLE filler(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
        INSERT INTO account SELECT i, 1000 FROM n;
        """;

    /// <summary>Moves money and writes it down, inside a transaction that the caller began.</summary>
    public static string Move(long number) =>
        FormattableString.Invariant(
            $"""
            UPDATE account SET balance = balance - {1 + (number % 7)} WHERE id = {1 + (number % Accounts)};
            UPDATE account SET balance = balance + {1 + (number % 7)} WHERE id = {1 + ((number * 31 + 17) % Accounts)};
            INSERT INTO entry(number, amount) SELECT coalesce(max(number), 0) + 1, {1 + (number % 7)} FROM entry;
            """);

    /// <summary>What a copy says of itself.</summary>
    public static LedgerState Read(string database)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return Read(connection);
    }

    /// <summary>What the database of an open connection says, in one transaction.</summary>
    public static LedgerState Read(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT (SELECT sum(balance) FROM account),
                   (SELECT count(*) FROM entry),
                   (SELECT coalesce(max(number), 0) FROM entry),
                   (SELECT count(*) FROM filler)
            """;
        using SqliteDataReader reader = command.ExecuteReader();
        reader.Read();
        return new LedgerState(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }
}

/// <param name="Balance">The sum over all accounts.</param>
/// <param name="Entries">How many entries there are.</param>
/// <param name="LastEntry">The last one's number.</param>
/// <param name="Fillers">Rows of filler.</param>
public sealed record LedgerState(long Balance, long Entries, long LastEntry, long Fillers)
{
    /// <summary>Whether this is what some commit left.</summary>
    public bool IsOneInstant => Balance == Ledger.Total && Entries == LastEntry;
}
