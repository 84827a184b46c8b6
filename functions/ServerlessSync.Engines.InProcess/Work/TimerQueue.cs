namespace ServerlessSync.Engines.InProcess.Work;

/// <summary>All timers of all runs behind one timer of the clock.</summary>
sealed class TimerQueue : IDisposable
{
    /// <summary>The wall clock is looked at no less often, so that a clock set forward is noticed.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    readonly TimeProvider _time;
    readonly Action<string, int, long> _fire;
    readonly PriorityQueue<(string InstanceId, int Id), long> _queue = new();
    readonly HashSet<(string InstanceId, int Id)> _armed = [];
    readonly ITimer _timer;
    long _next = long.MaxValue;
    bool _disposed;

    /// <param name="time">The clock.</param>
    /// <param name="fire">Called with run, timer and due time in ticks.</param>
    public TimerQueue(TimeProvider time, Action<string, int, long> fire)
    {
        _time = time;
        _fire = fire;
        _timer = time.CreateTimer(static self => ((TimerQueue)self!).FireDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Arms a timer; one that is armed already stays as it is.</summary>
    public void Add(string instanceId, int id, long dueTicks)
    {
        lock (_gate)
        {
            if (_armed.Add((instanceId, id)))
            {
                _queue.Enqueue((instanceId, id), dueTicks);
                if (dueTicks < _next)
                {
                    Arm();
                }
            }
        }
    }

    public void Cancel(string instanceId, int id)
    {
        lock (_gate)
        {
            _armed.Remove((instanceId, id));
            if (_queue.Count > 64 && _queue.Count > 2 * _armed.Count)
            {
                DropCancelled();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    void FireDue()
    {
        List<(string InstanceId, int Id, long Due)> due = [];
        lock (_gate)
        {
            var now = _time.GetUtcNow().UtcTicks;
            while (!_disposed && _queue.TryPeek(out var key, out var ticks) && ticks <= now)
            {
                _queue.Dequeue();
                if (_armed.Remove(key))
                {
                    due.Add((key.InstanceId, key.Id, ticks));
                }
            }

            Arm();
        }

        foreach (var (instanceId, id, ticks) in due)
        {
            _fire(instanceId, id, ticks);
        }
    }

    void Arm()
    {
        _next = _queue.TryPeek(out _, out var due) ? due : long.MaxValue;
        if (_disposed || _next == long.MaxValue)
        {
            return;
        }

        var wait = TimeSpan.FromTicks(Math.Max(0, _next - _time.GetUtcNow().UtcTicks));

        // The system's timers count whole milliseconds and cut off the rest: without one more they would be early and be armed again at once.
        wait = wait > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    void DropCancelled()
    {
        var kept = _queue.UnorderedItems.Where(item => _armed.Contains(item.Element)).ToList();
        _queue.Clear();
        _queue.EnqueueRange(kept.Select(item => (item.Element, item.Priority)));
    }
}
