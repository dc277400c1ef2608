using SqliteBackup.Operation;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Sql;

/// <summary>The names that an export can choose from.</summary>
public static class SqlTables
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Lists the tables and views of a database that are its own, in the order in which they were made.</summary>
    /// <param name="database">The full path of the database. It is waited for at most a second.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their names, without those of SQLite and of virtual tables' storage.</returns>
    /// <exception cref="SqliteBackupException">It can't be read.</exception>
    public static IReadOnlyList<string> List(string database, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(database);
        NativeSqlite.Initialize();
        LockWaiter busy = OperationContext.Reading(database, Patience, cancellationToken).WaiterFor(database);
        using BackupSource source = new SourceOpener(database, busy, () => StagedFile.Create(SqlExport.CopyPath())).Open();
        return SqliteQuery.Texts(
            source.Handle,
            "SELECT s.name FROM sqlite_schema s JOIN pragma_table_list l ON l.schema='main' AND l.name=s.name WHERE s.type IN ('table','view') AND l.type<>'shadow' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid",
            database);
    }
}
