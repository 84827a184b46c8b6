using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.TestKit.Crash;

/// <summary>A workflow history whose process can die at any write.</summary>
public sealed class CrashableHistory(IWorkflowHistory inner, Power power) : IWorkflowHistory
{
    public Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.AcquireAsync(owner, leaseTime, cancellationToken);
    }

    public Task RenewAsync(CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.RenewAsync(cancellationToken);
    }

    /// <summary>Passes even when the process is dead: the lease of a dead process is free.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);

    public Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken) =>
        power.WriteAsync(() => inner.CreateAsync(instance, cancellationToken));

    public Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        power.WriteAsync(() => inner.AddMessageAsync(instanceId, message, cancellationToken));

    public Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken) =>
        power.WriteAsync(() => inner.CommitTurnAsync(turn, cancellationToken));

    public Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.LoadAsync(instanceId, cancellationToken);
    }

    public IAsyncEnumerable<string> ReadUnfinishedAsync(CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.ReadUnfinishedAsync(cancellationToken);
    }

    public Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.GetAsync(instanceId, cancellationToken);
    }

    public Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.ListAsync(query, cancellationToken);
    }

    public Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
        power.WriteAsync(() => inner.PurgeAsync(endedBefore, most, cancellationToken));
}
