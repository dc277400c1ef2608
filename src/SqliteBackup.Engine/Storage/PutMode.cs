namespace SqliteBackup.Storage;

/// <summary>What happens where the name of a file that is stored is taken.</summary>
public enum PutMode
{
    /// <summary>It is an error: the name must be free.</summary>
    CreateNew,

    /// <summary>The file that has it is replaced, in one step where the store promises that.</summary>
    Replace,
}
