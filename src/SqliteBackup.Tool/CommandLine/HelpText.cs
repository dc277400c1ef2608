namespace SqliteBackup.Tool.CommandLine;

/// <summary>What <c>sqlitebackup --help</c> prints.</summary>
internal static class HelpText
{
    public const string Text =
        """
        sqlitebackup: backs up SQLite databases while they are in use.
        The SqliteBackup cmdlets and the PowerShell engine in one command; pwsh is not needed.

        USAGE
          sqlitebackup demo                          see it work: a database, a busy writer, a backup, a check
          sqlitebackup <PowerShell command line>     run a command
          sqlitebackup -Command '<script>'           run a script given as text (-c)
          sqlitebackup -File <script.ps1> [args]     run a script file (-f)
          sqlitebackup -                             run the script on standard input

        OPTIONS, before any of these
          -OutputFormat Json     print one JSON object a line for each result, with every property
          -OutputFormat Text     print results for people (default)
          -NonInteractive        never ask; a command that has to ask fails
          -h, --help             print this
          -v, --version          print the version
          -NoProfile, -NoLogo    accepted, as there is neither

        EXAMPLES
          sqlitebackup Backup-SqliteDatabase app.db backups/
          sqlitebackup Backup-SqliteDatabase '/srv/*.db' /backups/ -PagesPerStep 1000
          sqlitebackup -OutputFormat Json Backup-SqliteDatabase app.db backups/ | jq .Bytes
          sqlitebackup Test-SqliteBackup 'backups/*.db' -Query 'SELECT count(*) FROM orders'
          sqlitebackup Get-Help Backup-SqliteDatabase
          ls /srv/*.db | sqlitebackup '$input | Backup-SqliteDatabase -Destination /backups/'

        A word with spaces in it is one value: sqlitebackup Backup-SqliteDatabase "my app.db" backups/
        In bash, put $, |, ; and { } in single quotes.

        Results go to standard output, everything else to standard error.
        EXIT CODES  0 all went well   1 an error was written   64 wrong options
                    130 Ctrl+C   143 terminated   n after 'exit n'
        """;
}
