using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// A workflow history that tells when a suspension is stored. An accepted one is stored as a message first; the run's state shows it only
/// after the run's next turn, at whatever moment the engine comes to that.
/// </summary>
sealed class SuspensionHistory(IWorkflowHistory inner) : DelegatingHistory(inner)
{
    readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _suspended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the first run is stored.</summary>
    public Task Created => _created.Task;

    /// <summary>Ends when the state of a run shows that it is suspended.</summary>
    public Task Suspended => _suspended.Task;

    /// <summary>What a run that is stored waits for before its first turn.</summary>
    public Task MayBegin { get; init; } = Task.CompletedTask;

    /// <summary>What the state of a run waits for before it shows a suspension.</summary>
    public Task MayShow { get; init; } = Task.CompletedTask;

    public override async Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        var created = await base.CreateAsync(instance, cancellationToken);
        _created.TrySetResult();
        await MayBegin.WaitAsync(cancellationToken);
        return created;
    }

    public override async Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        if (turn.Instance.Status != WorkflowStatus.Suspended)
        {
            return await base.CommitTurnAsync(turn, cancellationToken);
        }

        await MayShow.WaitAsync(cancellationToken);
        var receipt = await base.CommitTurnAsync(turn, cancellationToken);
        _suspended.TrySetResult();
        return receipt;
    }
}
