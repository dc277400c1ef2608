namespace SqliteBackup.Engine.Tests.Architecture;

/// <summary>The rules of the house. They have no exceptions.</summary>
public sealed class HouseTests
{
    [Fact]
    public void A_room_uses_only_rooms_on_lower_floors()
    {
        var ours = Floors.Types.Select(type => type.FullName).ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> breaches =
            from use in Floors.Uses
            where ours.Contains(use.Used.FullName)
            let user = Floors.RoomOf(use.User)
            let used = Floors.RoomOf(use.Used)
            where user != used && Floors.FloorOf(used) >= Floors.FloorOf(user)
            select $"{use.User.FullName} -> {use.Used.FullName}";
        string found = string.Join("\n", breaches.Distinct().Order(StringComparer.Ordinal));
        Assert.True(found.Length == 0, found);
    }

    [Fact]
    public void Every_type_is_in_a_room() =>
        Assert.Equal("", string.Join("\n", Floors.Types.Where(type => Floors.FloorOf(Floors.RoomOf(type)) < 0).Select(type => type.FullName)));

    [Theory]
    [InlineData("System.Management.Automation")]
    [InlineData("System.Net")]
    [InlineData("System.Runtime.Loader")]
    public void The_engine_does_not_know(string foreign)
    {
        IEnumerable<string> breaches =
            from use in Floors.Uses
            let used = use.Used.Namespace?.FullName ?? ""
            where used == foreign || used.StartsWith(foreign + ".", StringComparison.Ordinal)
            select $"{use.User.FullName} -> {use.Used.FullName}";
        Assert.Equal("", string.Join("\n", breaches.Distinct()));
    }
}
