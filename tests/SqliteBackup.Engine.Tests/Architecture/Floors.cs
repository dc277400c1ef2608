using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace SqliteBackup.Engine.Tests.Architecture;

/// <summary>The house: its rooms by floor, and who uses whom, read from the built assembly.</summary>
internal static class Floors
{
    /// <summary>The rooms of the Engine, a floor a line, from the words that all share up.</summary>
    public static readonly string[][] Rooms =
    [
        [""],
        ["Platform"],
        ["Sqlite", "Operation"],
        ["Storage"],
        ["Sources"],
        ["Copying"],
        ["Catalog"],
        ["Repository"],
        ["Backup", "Verify", "Sql", "Search", "Registry"],
        ["Restore"],
    ];

    private const string Root = "SqliteBackup";

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Engine =
        new(() => new ArchLoader().LoadAssembly(typeof(SqliteBackupException).Assembly).Build());

    /// <summary>The types of the Engine that somebody wrote: compilers and generators add theirs.</summary>
    public static IEnumerable<IType> Types =>
        Engine.Value.Types.Where(type => IsOurs(type) && !type.FullName.Contains('<', StringComparison.Ordinal));

    /// <summary>The room of a type of ours.</summary>
    public static string RoomOf(IType type)
    {
        string[] parts = type.Namespace.FullName.Split('.');
        return parts.Length == 1 ? "" : parts[1];
    }

    /// <summary>The floor of a room, or -1 where the house has no such room.</summary>
    public static int FloorOf(string room) => Array.FindIndex(Rooms, floor => floor.Contains(room));

    /// <summary>What types use of others, as "who -> whom".</summary>
    public static IEnumerable<(IType User, IType Used)> Uses =>
        Engine.Value.Types
            .Where(IsOurs)
            .SelectMany(type => type.Dependencies.Select(dependency => (User: type, Used: dependency.Target)));

    public static bool IsOurs(IType type) =>
        type.Namespace is not null && (type.Namespace.FullName == Root || type.Namespace.FullName.StartsWith(Root + ".", StringComparison.Ordinal));
}
