using System.Text.Json;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Output;

/// <summary>Results as other programs read them, by the real shell's ConvertTo-Json.</summary>
public sealed class JsonTests : ModuleTest
{
    [Fact]
    public void A_result_is_json_with_words_numbers_and_times()
    {
        string database = Create("Grüße [1].db");

        using var process = new ModuleProcess(
            Folder.Path, "Backup-SqliteDatabase -LiteralPath 'Grüße [1].db' out/ | ConvertTo-Json -EnumsAsStrings -EscapeHandling EscapeNonAscii");

        Assert.Equal((0, ""), (process.Join(), process.Error));
        JsonElement result = JsonDocument.Parse(process.Output).RootElement;
        Assert.Equal(database, result.GetProperty("Database").GetString());
        Assert.Equal("Quick", result.GetProperty("Verified").GetString());
        Assert.Equal("Stepped", result.GetProperty("CopyMode").GetString());
        Assert.Equal(new FileInfo(database).Length, result.GetProperty("Bytes").GetInt64());
        Assert.Equal(TimeSpan.Zero, result.GetProperty("StartedAt").GetDateTimeOffset().Offset);
        Assert.True(result.GetProperty("Duration").GetProperty("TotalSeconds").GetDouble() > 0);
    }
}
