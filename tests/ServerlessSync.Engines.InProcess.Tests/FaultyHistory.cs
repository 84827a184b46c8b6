namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>A history that fails one write: before it is stored, or after, when nobody can tell.</summary>
sealed class FaultyHistory(IWorkflowHistory inner) : IWorkflowHistory
{
    int _commits;
    int _loads;

    /// <summary>Called before turn commit n, counted from 1; what it answers is thrown.</summary>
    public Func<int, Exception?> BeforeCommit { get; init; } = _ => null;

    /// <summary>Called after turn commit n was stored; what it answers is thrown.</summary>
    public Func<int, Exception?> AfterCommit { get; init; } = _ => null;

    /// <summary>Called before a renewal.</summary>
    public Func<Exception?> BeforeRenew { get; set; } = () => null;

    /// <summary>Called after each turn commit, whatever became of it.</summary>
    public Action<TurnCommit> Committed { get; init; } = _ => { };

    /// <summary>Called when a run has been stored and nobody has been told.</summary>
    public Func<Task> Created { get; set; } = () => Task.CompletedTask;

    public int Commits => Volatile.Read(ref _commits);

    public int Loads => Volatile.Read(ref _loads);

    public async Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _commits);
        Throw(BeforeCommit(number));
        var receipt = await inner.CommitTurnAsync(turn, cancellationToken);
        Committed(turn);
        Throw(AfterCommit(number));
        return receipt;
    }

    public Task RenewAsync(CancellationToken cancellationToken)
    {
        Throw(BeforeRenew());
        return inner.RenewAsync(cancellationToken);
    }

    public Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        return inner.LoadAsync(instanceId, cancellationToken);
    }

    public Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken) => inner.AcquireAsync(owner, leaseTime, cancellationToken);

    public Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);

    public async Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        var created = await inner.CreateAsync(instance, cancellationToken);
        await Created();
        return created;
    }

    public Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        inner.AddMessageAsync(instanceId, message, cancellationToken);

    public IAsyncEnumerable<string> ReadUnfinishedAsync(CancellationToken cancellationToken) => inner.ReadUnfinishedAsync(cancellationToken);

    public Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) => inner.GetAsync(instanceId, cancellationToken);

    public Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
        inner.PurgeAsync(endedBefore, most, cancellationToken);

    static void Throw(Exception? e)
    {
        if (e is not null)
        {
            throw e;
        }
    }
}
