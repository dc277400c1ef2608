namespace SqliteBackup.Running;

/// <summary>One piece of work for a worker thread, such as the backup of one database.</summary>
internal interface IWork
{
    /// <param name="post">Hands the pipeline thread something to write. Nothing posted is written once the command is being stopped.</param>
    /// <param name="cancellationToken">Asks the work to end soon.</param>
    /// <returns>
    /// Null where the work has ended. A task where it only waits to share what is written with others: it takes nobody's place meanwhile. When
    /// the task has ended, or nobody else is at work, <see cref="Conclude"/> is to be called.
    /// </returns>
    Task? Run(Action<Action> post, CancellationToken cancellationToken);

    /// <summary>Does what is left of work that waited.</summary>
    /// <param name="post">As for <see cref="Run"/>.</param>
    /// <param name="cancellationToken">As for <see cref="Run"/>.</param>
    void Conclude(Action<Action> post, CancellationToken cancellationToken);

    /// <summary>Says that the work's turn will never come, or that it waited in vain.</summary>
    void Drop();
}
