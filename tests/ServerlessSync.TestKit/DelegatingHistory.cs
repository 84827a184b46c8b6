using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.TestKit;

/// <summary>A workflow history before another one; derive and override what is to be seen or changed.</summary>
public abstract class DelegatingHistory(IWorkflowHistory inner) : IWorkflowHistory
{
    public virtual Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken) =>
        inner.AcquireAsync(owner, leaseTime, cancellationToken);

    public virtual Task RenewAsync(CancellationToken cancellationToken) => inner.RenewAsync(cancellationToken);

    public virtual Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);

    public virtual Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken) => inner.CreateAsync(instance, cancellationToken);

    public virtual Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        inner.AddMessageAsync(instanceId, message, cancellationToken);

    public virtual Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken) => inner.CommitTurnAsync(turn, cancellationToken);

    public virtual Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken) => inner.LoadAsync(instanceId, cancellationToken);

    public virtual IAsyncEnumerable<string> ReadUnfinishedAsync(CancellationToken cancellationToken) => inner.ReadUnfinishedAsync(cancellationToken);

    public virtual Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) => inner.GetAsync(instanceId, cancellationToken);

    public virtual Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken) =>
        inner.ListAsync(query, cancellationToken);

    public virtual Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
        inner.PurgeAsync(endedBefore, most, cancellationToken);
}
