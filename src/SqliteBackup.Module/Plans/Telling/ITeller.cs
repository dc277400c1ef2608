namespace SqliteBackup.Plans.Telling;

/// <summary>Somebody who is told of a plan's runs.</summary>
internal interface ITeller
{
    /// <summary>What is told, for the message that it could not be.</summary>
    string Name { get; }

    /// <summary>A run begins.</summary>
    void Begin();

    /// <summary>A run ended.</summary>
    void End(PlanResult result, PlanMemory memory);
}
