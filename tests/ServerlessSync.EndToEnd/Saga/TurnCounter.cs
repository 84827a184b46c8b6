using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A workflow history that counts the turns committed, and the activities they began.</summary>
sealed class TurnCounter(IWorkflowHistory inner) : DelegatingHistory(inner)
{
    const string ActivityScheduled = "\"k\":10,";

    TaskCompletionSource<string> _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _turns;
    int _activities;

    public int Turns => Volatile.Read(ref _turns);

    public int Activities => Volatile.Read(ref _activities);

    /// <summary>Counts from nought again.</summary>
    /// <returns>Ends with the id of the next run that is stored.</returns>
    public Task<string> Reset()
    {
        (_turns, _activities) = (0, 0);
        _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _created.Task;
    }

    public override async Task<bool> CreateAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        var created = await base.CreateAsync(instance, cancellationToken);
        _created.TrySetResult(instance.Instance.InstanceId);
        return created;
    }

    public override Task<TurnReceipt> CommitTurnAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _turns);
        Interlocked.Add(ref _activities, turn.NewEvents.Count(e => Encoding.UTF8.GetString(e.Span).Contains(ActivityScheduled, StringComparison.Ordinal)));
        return base.CommitTurnAsync(turn, cancellationToken);
    }
}
