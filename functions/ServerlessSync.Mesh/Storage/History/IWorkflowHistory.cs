using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// What the local engine keeps of its runs. Events and messages are bytes to the store. One process owns a history at a time.
/// </summary>
/// <remarks>
/// Durability as in <see cref="IRowStore"/>: an answered write has been stored. Every write checks, in its own transaction, that the
/// lease epoch given by <see cref="AcquireAsync"/> still holds, and throws <see cref="StoreException"/> with
/// <see cref="StoreFailure.Fenced"/> when another owner has taken over. A commit is all or nothing over the runs it names.
/// </remarks>
public interface IWorkflowHistory
{
    /// <summary>
    /// Becomes the owner and fences the one before. A lease is taken over at once when its holder (machine, pid, process start) is dead,
    /// else when it has not been renewed for one lease time on this process's monotonic clock.
    /// </summary>
    Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken);

    /// <summary>Shows that the owner lives. Called every third of the lease time.</summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Gives the lease up at an orderly stop.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new run, or answers false when the id exists.</summary>
    Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken);

    /// <summary>Adds a message to a run that has not ended.</summary>
    Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Stores everything one turn did.</summary>
    /// <exception cref="StoreException"><see cref="StoreFailure.Fenced"/> also when <see cref="TurnCommit.ExpectedEvents"/> does not fit: another turn was stored.</exception>
    Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken);

    /// <summary>A run with the events of its current generation and its unconsumed messages in order, or null.</summary>
    Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Ids of all runs that have not ended, in ordinal order.</summary>
    IAsyncEnumerable<string> ReadUnfinishedAsync(CancellationToken cancellationToken);

    /// <summary>One run's state without its history, or null.</summary>
    Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>One page of runs.</summary>
    Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Removes runs that ended before a moment, with all they have, and answers how many; 0 when none is left. A run whose parent has not
    /// ended stays: the parent may still ask for it. Whoever relied on its id being taken must have concluded it before.
    /// </summary>
    /// <param name="endedBefore">Compared with <see cref="WorkflowInstance.LastUpdatedAt"/>.</param>
    /// <param name="most">The most runs of one commit, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait; what the store has taken is done all the same.</param>
    Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken);
}

/// <summary>Who owns a history: enough to see on the same machine whether the process still lives.</summary>
/// <param name="Machine">Host name.</param>
/// <param name="ProcessId">Process id.</param>
/// <param name="ProcessStart">Start time of the process in its system's own ticks, so that a reused pid is not taken for it.</param>
public sealed record HistoryOwner(string Machine, int ProcessId, long ProcessStart);
