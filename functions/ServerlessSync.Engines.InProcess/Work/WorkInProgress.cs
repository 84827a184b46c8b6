namespace ServerlessSync.Engines.InProcess.Work;

/// <summary>Counts turns and activities under way, so that a stop can wait for the last one.</summary>
sealed class WorkInProgress
{
    readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _count;
    volatile bool _closed;

    /// <summary>Whether no new activity may start.</summary>
    public bool IsClosed => _closed;

    public void Enter() => Interlocked.Increment(ref _count);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0 && _closed)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>Lets no new activity start; ends when nothing is under way.</summary>
    public Task CloseAsync()
    {
        Enter();
        _closed = true;
        Leave();
        return _idle.Task;
    }
}
