namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>A history that fails where it is told to: before something is stored, or after, when nobody can tell.</summary>
sealed class FaultyHistory(IWorkflowHistory inner) : DelegatingHistory(inner)
{
    int _commits;
    int _loads;
    int _loading;
    int _mostLoading;

    /// <summary>Called before turn commit n, counted from 1; what it answers is thrown.</summary>
    public Func<int, Exception?> BeforeCommit { get; init; } = _ => null;

    /// <summary>Called after turn commit n was stored; what it answers is thrown.</summary>
    public Func<int, Exception?> AfterCommit { get; init; } = _ => null;

    /// <summary>Called before a renewal.</summary>
    public Func<Exception?> BeforeRenew { get; set; } = () => null;

    /// <summary>Called before a run is loaded; what it answers is thrown.</summary>
    public Func<string, Exception?> BeforeLoad { get; set; } = _ => null;

    /// <summary>Called before anything is read or written but the lease; what it answers is thrown.</summary>
    public Func<Exception?> BeforeAnything { get; set; } = () => null;

    /// <summary>What every load waits for.</summary>
    public Task LoadsGoOn { get; set; } = Task.CompletedTask;

    /// <summary>Called after each turn commit, whatever became of it.</summary>
    public Action<TurnCommit> Committed { get; init; } = _ => { };

    /// <summary>Called when a run has been stored and nobody has been told.</summary>
    public Func<Task> Created { get; set; } = () => Task.CompletedTask;

    public int Commits => Volatile.Read(ref _commits);

    public int Loads => Volatile.Read(ref _loads);

    public int MostLoadsAtOnce => Volatile.Read(ref _mostLoading);

    public override async Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _commits);
        Throw(BeforeAnything());
        Throw(BeforeCommit(number));
        var receipt = await base.CommitTurnAsync(turn, cancellationToken);
        Committed(turn);
        Throw(AfterCommit(number));
        return receipt;
    }

    public override Task RenewAsync(CancellationToken cancellationToken)
    {
        Throw(BeforeRenew());
        return base.RenewAsync(cancellationToken);
    }

    public override async Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        var loading = Interlocked.Increment(ref _loading);
        InterlockedMax(ref _mostLoading, loading);
        try
        {
            await LoadsGoOn;
            Throw(BeforeAnything());
            Throw(BeforeLoad(instanceId));
            return await base.LoadAsync(instanceId, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _loading);
        }
    }

    public override async Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        Throw(BeforeAnything());
        var created = await base.CreateAsync(instance, cancellationToken);
        await Created();
        return created;
    }

    public override Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        Throw(BeforeAnything());
        return base.AddMessageAsync(instanceId, message, cancellationToken);
    }

    static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    static void Throw(Exception? e)
    {
        if (e is not null)
        {
            throw e;
        }
    }
}
