using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Storage;

/// <summary>A workflow history in memory: the semantics of the durable ones, gone with the process.</summary>
/// <remarks>An instance is one owner's door to it; <see cref="OpenAnother"/> opens a further one to the same data, as a second process would.</remarks>
public sealed class MemoryWorkflowHistory : IWorkflowHistory
{
    readonly MemoryRuns _runs;
    readonly TimeProvider _time;
    long _epoch;

    /// <summary>An empty history.</summary>
    public MemoryWorkflowHistory(TimeProvider time)
        : this(new MemoryRuns(), time)
    {
    }

    MemoryWorkflowHistory(MemoryRuns runs, TimeProvider time)
    {
        _runs = runs;
        _time = time;
    }

    /// <summary>Another door to the same data.</summary>
    public MemoryWorkflowHistory OpenAnother() => new(_runs, _time);

    /// <inheritdoc/>
    public async Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        var seen = -1L;
        while (!_runs.TryAcquire(owner, ref seen, out _epoch))
        {
            await Task.Delay(leaseTime, _time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task RenewAsync(CancellationToken cancellationToken) => Answer(static (runs, epoch) => runs.Renew(epoch), cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => Answer(static (runs, epoch) => runs.Release(epoch), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken) =>
        Answer((runs, epoch) => runs.Create(epoch, instance), cancellationToken);

    /// <inheritdoc/>
    public Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        Answer((runs, epoch) => runs.Add(epoch, instanceId, message), cancellationToken);

    /// <inheritdoc/>
    public Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken) =>
        Answer((runs, epoch) => runs.Commit(epoch, turn), cancellationToken);

    /// <inheritdoc/>
    public Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken) =>
        Answer((runs, _) => runs.Load(instanceId), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in await Answer((runs, _) => runs.Unfinished(), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }
    }

    /// <inheritdoc/>
    public Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) =>
        Answer((runs, _) => runs.Get(instanceId), cancellationToken);

    /// <inheritdoc/>
    public Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken) =>
        Answer((runs, _) => runs.List(query), cancellationToken);

    /// <inheritdoc/>
    public Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
        Answer((runs, epoch) => runs.Purge(epoch, endedBefore, most), cancellationToken);

    Task<T> Answer<T>(Func<MemoryRuns, long, T> ask, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(ask(_runs, _epoch));
        }
        catch (StoreException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
