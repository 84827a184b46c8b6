using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.TestKit.Crash;

/// <summary>A workflow history whose process can be disrupted at any access.</summary>
public sealed class CrashableHistory(IWorkflowHistory inner, Disruption disruption) : IWorkflowHistory
{
    public Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken) =>
        disruption.WriteAsync(() => inner.AcquireAsync(owner, leaseTime, cancellationToken));

    public Task RenewAsync(CancellationToken cancellationToken) => disruption.WriteAsync(() => inner.RenewAsync(cancellationToken));

    /// <summary>Passes even when the process is dead: the lease of a dead process is free.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);

    public Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken) =>
        disruption.WriteAsync(() => inner.CreateAsync(instance, cancellationToken));

    public Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        disruption.WriteAsync(() => inner.AddMessageAsync(instanceId, message, cancellationToken));

    public Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken) =>
        disruption.WriteAsync(() => inner.CommitTurnAsync(turn, cancellationToken));

    public async Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken)
    {
        await disruption.ReadAsync();
        return await inner.LoadAsync(instanceId, cancellationToken);
    }

    public async IAsyncEnumerable<string> ReadUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await disruption.ReadAsync();
        await foreach (var id in inner.ReadUnfinishedAsync(cancellationToken))
        {
            yield return id;
        }
    }

    public async Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken)
    {
        await disruption.ReadAsync();
        return await inner.GetAsync(instanceId, cancellationToken);
    }

    public async Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken)
    {
        await disruption.ReadAsync();
        return await inner.ListAsync(query, cancellationToken);
    }

    public Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
        disruption.WriteAsync(() => inner.PurgeAsync(endedBefore, most, cancellationToken));
}
