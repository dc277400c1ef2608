using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing;

/// <summary>What a database holds, apart from how its pages lie: two databases with the same lines are equal by content.</summary>
public static class DatabaseContent
{
    private static readonly string[] Pragmas = ["user_version", "application_id", "encoding", "auto_vacuum"];

    /// <summary>A line for each number, each schema entry, and each table with the hash of its rows.</summary>
    public static string[] Of(string path)
    {
        using SqliteConnection connection = SampleDatabase.Open(path, SqliteOpenMode.ReadOnly);
        return Of(connection);
    }

    /// <summary>The same of an open connection.</summary>
    public static string[] Of(SqliteConnection connection)
    {
        var lines = Pragmas.Select(pragma => $"{pragma}={Rows(connection, $"PRAGMA {pragma}").Single()}").ToList();
        lines.AddRange(Rows(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"));
        foreach (string table in Rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").ToArray())
        {
            string rows = string.Join('\n', Rows(connection, $"SELECT * FROM \"{table}\" ORDER BY 1"));
            lines.Add($"{table}: {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(rows)))}");
        }

        return [.. lines];
    }

    private static IEnumerable<string> Rows(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) switch
            {
                byte[] blob => Convert.ToHexString(blob),
                object value => $"{value.GetType().Name}:{Convert.ToString(value, CultureInfo.InvariantCulture)}",
            })).Replace("String:", "", StringComparison.Ordinal);
        }
    }
}
