namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>Events that came and code that waits for them. Of several waiters the newest gets the event; of several events the oldest is taken.</summary>
sealed class ExternalEvents
{
    readonly List<HistoryEvent> _buffered = [];
    readonly List<(string Name, PendingTask Task)> _waiters = [];

    public bool HasWaiters => _waiters.Count > 0;

    /// <summary>Events nobody has taken yet, oldest first.</summary>
    public IReadOnlyList<HistoryEvent> Buffered => _buffered;

    public void Receive(HistoryEvent received)
    {
        var index = _waiters.FindLastIndex(w => Same(w.Name, received.Name));
        if (index < 0)
        {
            _buffered.Add(received);
            return;
        }

        var task = _waiters[index].Task;
        _waiters.RemoveAt(index);
        task.Complete(received.Payload);
    }

    public Task<T> Wait<T>(string name, TurnScheduler scheduler, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var pending = new PendingTask<T>();
        var index = _buffered.FindIndex(e => Same(name, e.Name));
        if (index >= 0)
        {
            var received = _buffered[index];
            _buffered.RemoveAt(index);
            pending.Complete(received.Payload);
            return pending.Task;
        }

        _waiters.Add((name, pending));
        if (cancellationToken.CanBeCanceled)
        {
            pending.Cancellation = cancellationToken.Register(() =>
            {
                scheduler.Demand();
                if (_waiters.RemoveAll(w => w.Task == pending) > 0)
                {
                    pending.Cancel(cancellationToken);
                }
            });
        }

        return pending.Task;
    }

    public void DropWaiters() => _waiters.Clear();

    static bool Same(string a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
