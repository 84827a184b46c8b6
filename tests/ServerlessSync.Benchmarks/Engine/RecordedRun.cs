using System.Collections.Concurrent;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Benchmarks.Engine;

/// <summary>What the engine wrote for one run, to be written again under other ids without the engine.</summary>
sealed record RecordedRun(NewInstance Created, IReadOnlyList<TurnCommit> Turns)
{
    public static async Task<RecordedRun> RecordAsync(CancellationToken cancellationToken)
    {
        var history = new RecordingHistory(new MemoryWorkflowHistory(TimeProvider.System));
        await using (var load = await EngineLoad.StartAsync(history, cancellationToken))
        {
            await load.RunAsync(1, cancellationToken);
        }

        return new(history.Created.Single(), [.. history.Turns]);
    }

    /// <summary>Writes the run's rows, each turn when the one before is durable.</summary>
    public async Task WriteAsync(IWorkflowHistory history, string instanceId, CancellationToken cancellationToken)
    {
        if (!await history.CreateAsync(Created with { Instance = Created.Instance with { InstanceId = instanceId } }, cancellationToken))
        {
            throw new InvalidOperationException($"Run '{instanceId}' was there already.");
        }

        foreach (var turn in Turns)
        {
            await history.CommitTurnAsync(turn with { Instance = turn.Instance with { InstanceId = instanceId } }, cancellationToken);
        }
    }

    sealed class RecordingHistory(IWorkflowHistory inner) : IWorkflowHistory
    {
        public ConcurrentQueue<NewInstance> Created { get; } = new();

        public ConcurrentQueue<TurnCommit> Turns { get; } = new();

        public Task AcquireAsync(HistoryOwner owner, TimeSpan leaseTime, CancellationToken cancellationToken) =>
            inner.AcquireAsync(owner, leaseTime, cancellationToken);

        public Task RenewAsync(CancellationToken cancellationToken) => inner.RenewAsync(cancellationToken);

        public Task ReleaseAsync(CancellationToken cancellationToken) => inner.ReleaseAsync(cancellationToken);

        public Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
        {
            Created.Enqueue(instance);
            return inner.CreateAsync(instance, cancellationToken);
        }

        public Task<MessageReceipt> AddMessageAsync(string instanceId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
            inner.AddMessageAsync(instanceId, message, cancellationToken);

        public Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken)
        {
            Turns.Enqueue(turn);
            return inner.CommitTurnAsync(turn, cancellationToken);
        }

        public Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellationToken) => inner.LoadAsync(instanceId, cancellationToken);

        public IAsyncEnumerable<string> ReadUnfinishedAsync(CancellationToken cancellationToken) => inner.ReadUnfinishedAsync(cancellationToken);

        public Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) => inner.GetAsync(instanceId, cancellationToken);

        public Task<WorkflowInstancePage> ListAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

        public Task<int> PurgeAsync(DateTimeOffset endedBefore, int most, CancellationToken cancellationToken) =>
            inner.PurgeAsync(endedBefore, most, cancellationToken);
    }
}
