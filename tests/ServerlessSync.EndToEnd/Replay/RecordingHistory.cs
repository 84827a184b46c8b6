using System.Collections.Concurrent;
using ServerlessSync.Engines.InProcess.Replay;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Replay;

/// <summary>Keeps what the engine stores of each run, every generation of it.</summary>
sealed class RecordingHistory(IWorkflowHistory inner) : DelegatingHistory(inner)
{
    readonly ConcurrentDictionary<string, Kept> _runs = new(StringComparer.Ordinal);

    public RecordedRun Of(string instanceId) => RecordedRun.From(
        _runs[instanceId].Instance,
        [.. _runs[instanceId].Generations.Select(g => (g.Input, (IReadOnlyList<ReadOnlyMemory<byte>>)g.Events))]);

    public override async Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        var created = await base.CreateAsync(instance, cancellationToken);
        if (created)
        {
            _runs[instance.Instance.InstanceId] = new Kept(instance.Instance, [new(instance.Instance.Input, [.. instance.Events])]);
        }

        return created;
    }

    public override async Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        var receipt = await base.CommitTurnAsync(turn, cancellationToken);
        var run = _runs[turn.Instance.InstanceId];
        if (turn.NewGeneration)
        {
            run.Generations.Add(new(turn.Instance.Input, []));
        }

        run.Generations[^1].Events.AddRange(turn.NewEvents);
        run.Instance = turn.Instance;
        return receipt;
    }

    sealed record Kept(WorkflowInstance Created, List<Generation> Generations)
    {
        public WorkflowInstance Instance { get; set; } = Created;
    }

    sealed record Generation(string? Input, List<ReadOnlyMemory<byte>> Events);
}
