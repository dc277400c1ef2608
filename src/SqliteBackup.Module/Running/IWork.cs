namespace SqliteBackup.Running;

/// <summary>One piece of work for a worker thread, such as the backup of one database.</summary>
internal interface IWork
{
    /// <param name="post">Hands the pipeline thread something to write. Nothing posted is written once the command is being stopped.</param>
    /// <param name="cancellationToken">Asks the work to end soon.</param>
    void Run(Action<Action> post, CancellationToken cancellationToken);

    /// <summary>Says that the work's turn will never come.</summary>
    void Drop();
}
