using SqliteBackup.Sqlite;

namespace SqliteBackup.Sources;

/// <summary>
/// A finished file that nobody writes to, as the source of a rewrite. It is opened as a reader opens it, without locks: measured, <c>PRAGMA page_size</c> before
/// <c>VACUUM INTO</c> has no effect on an immutable connection.
/// </summary>
internal sealed class PrivateSource(string path) : BackupSource(path, SqliteConnector.OpenPrivate(path))
{
    public override bool IsWal => false;

    public override bool IsFrozen => true;
}
