namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>
/// Keeps a workflow's code on the one thread that runs its turn: what its awaits post is run there, and nothing is run between turns.
/// </summary>
/// <param name="left">Called when code of the workflow shows up outside a turn.</param>
sealed class TurnScheduler(Action left) : SynchronizationContext
{
    const int Nobody = -1;

    readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    int _thread = Nobody;

    public bool IsInTurn => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsInTurn)
        {
            _queue.Enqueue((d, state));
        }
        else
        {
            left();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsInTurn)
        {
            d(state);
        }
        else
        {
            left();
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the action and all that follows from it until nothing is left to run.</summary>
    public void Run<TState>(Action<TState> action, TState state)
    {
        var outer = Current;
        Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
        SetSynchronizationContext(this);
        try
        {
            action(state);
            while (_queue.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
            Volatile.Write(ref _thread, Nobody);
        }
    }

    /// <exception cref="InvalidOperationException">The caller is not the turn's thread.</exception>
    public void Demand()
    {
        if (!IsInTurn)
        {
            left();
            throw new InvalidOperationException("The workflow's code left the engine's thread; it may await tasks of its context only.");
        }
    }
}
