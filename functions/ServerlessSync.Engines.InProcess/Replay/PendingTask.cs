namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>A task the workflow waits for.</summary>
abstract class PendingTask
{
    /// <summary>What was scheduled; null for a wait for an event.</summary>
    public HistoryEvent? Scheduled { get; set; }

    /// <summary>The registration that cancels it; disposed when it ends otherwise.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    public EventKind Kind => Scheduled?.Kind ?? EventKind.EventReceived;

    public abstract void Complete(string? payload);

    public abstract void Fail(Exception e);

    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <summary>A task with its result. Continuations run where it is completed: inside the turn.</summary>
sealed class PendingTask<T> : PendingTask
{
    readonly TaskCompletionSource<T> _source = new();

    public Task<T> Task => _source.Task;

    public override void Complete(string? payload)
    {
        Cancellation.Unregister();
        T value;
        try
        {
            value = WorkflowPayload.To<T>(payload);
        }
        catch (Exception e)
        {
            // Whatever a converter throws is the waiting code's to see.
            _source.TrySetException(e);
            return;
        }

        _source.TrySetResult(value);
    }

    public override void Fail(Exception e)
    {
        Cancellation.Unregister();
        _source.TrySetException(e);
    }

    public override void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);
}
