using System.Globalization;
using SqliteBackup.Catalog;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>Makes backups, and entries of backups, with set dates.</summary>
internal static class TestCatalog
{
    public static readonly string NoHash = new('0', 64);

    public static BackupManifest Manifest(
        DateTime taken, string database = "/srv/app.db", CheckStatus check = CheckStatus.Ok, long storedBytes = 100) => new()
        {
            FormatVersion = 1,
            Source = new ManifestSource(database, "host", "1:2"),
            StartedAt = taken,
            SnapshotTakenAt = taken,
            Duration = TimeSpan.FromSeconds(1),
            PageSize = 4096,
            PageCount = 1,
            Bytes = 4096,
            StoredBytes = storedBytes,
            Sha256 = NoHash,
            ContentSha256 = NoHash,
            SqliteVersion = "3.53.4",
            CopyMode = CopyMode.Snapshot,
            Restarts = 0,
            Check = new ManifestCheck(VerifyLevel.Quick, check, taken, NoHash),
            Compression = BackupCompression.None,
            ApplicationId = 0,
            UserVersion = 0,
            ModuleVersion = "0.1.0",
        };

    public static CatalogEntry Entry(DateTime taken, string database = "/srv/app.db", CheckStatus check = CheckStatus.Ok) => new()
    {
        Database = database,
        Backup = $"/backup/{Path.GetFileName(database)}-{taken:yyyyMMddHHmmss}",
        SnapshotTakenAt = taken,
        StoredBytes = 100,
        Verified = check == CheckStatus.Ok,
        Check = check,
        ManifestState = ManifestState.Present,
        Manifest = Manifest(taken, database, check),
    };

    /// <summary>A small database with a manifest beside it that gives it a date.</summary>
    public static string Write(string folder, string template, DateTime taken, string database = "/srv/app.db")
    {
        string path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(database)}-{taken:yyyyMMddTHHmmss}.db");
        File.Copy(template, path);
        File.WriteAllBytes(path + ".json", ManifestFile.BytesOf(Manifest(taken, database, storedBytes: new FileInfo(path).Length)));
        return path;
    }

    public static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
