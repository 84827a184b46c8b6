namespace ServerlessSync.Engines.InProcess.Work;

/// <summary>
/// All timers of all runs behind one timer of the clock. A timer fires when the wall clock has reached its due time, or when its wait has
/// passed on the monotonic clock: a wall clock set back delays nothing.
/// </summary>
sealed class TimerQueue : IDisposable
{
    /// <summary>The wall clock is looked at no less often, so that a clock set forward is noticed.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    readonly TimeProvider _time;
    readonly Action<string, int, long> _fire;
    readonly long _began;
    readonly PriorityQueue<(string InstanceId, int Id), long> _byClock = new();
    readonly PriorityQueue<(string InstanceId, int Id), long> _byWait = new();
    readonly Dictionary<(string InstanceId, int Id), long> _armed = [];
    readonly ITimer _timer;
    bool _disposed;

    /// <param name="time">The clock.</param>
    /// <param name="fire">Called with run, timer and due time in ticks.</param>
    public TimerQueue(TimeProvider time, Action<string, int, long> fire)
    {
        _time = time;
        _fire = fire;
        _began = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((TimerQueue)self!).FireDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    long WallTicks => _time.GetUtcNow().UtcTicks;

    /// <summary>Ticks on the monotonic clock since the queue was made.</summary>
    long PassedTicks => _time.GetElapsedTime(_began).Ticks;

    /// <summary>Arms a timer; one that is armed already stays as it is.</summary>
    /// <param name="instanceId">The run.</param>
    /// <param name="id">The timer's task.</param>
    /// <param name="dueTicks">When it is due.</param>
    /// <param name="seen">The time the run has seen last. It is ahead of a clock that was set back, and the wait counts from it.</param>
    public void Add(string instanceId, int id, long dueTicks, DateTimeOffset seen)
    {
        var key = (instanceId, id);
        lock (_gate)
        {
            if (!_armed.TryAdd(key, dueTicks))
            {
                return;
            }

            _byClock.Enqueue(key, dueTicks);
            _byWait.Enqueue(key, PassedTicks + Math.Max(0, dueTicks - Math.Max(WallTicks, seen.UtcTicks)));
            if (_byClock.Peek() == key || _byWait.Peek() == key)
            {
                Arm();
            }
        }
    }

    public void Cancel(string instanceId, int id)
    {
        lock (_gate)
        {
            _armed.Remove((instanceId, id));
            DropOthers(_byClock);
            DropOthers(_byWait);
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
            if (!_disposed)
            {
                Take(_byClock, WallTicks, due);
                Take(_byWait, PassedTicks, due);
                DropOthers(_byClock);
                DropOthers(_byWait);
            }

            Arm();
        }

        foreach (var (instanceId, id, ticks) in due)
        {
            _fire(instanceId, id, ticks);
        }
    }

    void Take(PriorityQueue<(string InstanceId, int Id), long> queue, long now, List<(string InstanceId, int Id, long Due)> due)
    {
        while (queue.TryPeek(out var key, out var ticks) && ticks <= now)
        {
            queue.Dequeue();
            if (_armed.Remove(key, out var dueTicks))
            {
                due.Add((key.InstanceId, key.Id, dueTicks));
            }
        }
    }

    void Arm()
    {
        var wait = Math.Min(Left(_byClock, WallTicks), Left(_byWait, PassedTicks));
        if (_disposed || wait == long.MaxValue)
        {
            return;
        }

        // The system's timers count whole milliseconds and cut off the rest: without one more they would be early and be armed again at once.
        var left = TimeSpan.FromTicks(wait);
        _timer.Change(left > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long until the first armed timer of the queue; those fired by the other queue or cancelled are dropped on the way.</summary>
    long Left(PriorityQueue<(string InstanceId, int Id), long> queue, long now)
    {
        while (queue.TryPeek(out var key, out var ticks))
        {
            if (_armed.ContainsKey(key))
            {
                return Math.Max(0, ticks - now);
            }

            queue.Dequeue();
        }

        return long.MaxValue;
    }

    /// <summary>Makes a queue small again that holds mostly timers fired by the other queue or cancelled.</summary>
    void DropOthers(PriorityQueue<(string InstanceId, int Id), long> queue)
    {
        if (queue.Count > 64 && queue.Count > 2 * _armed.Count)
        {
            var kept = queue.UnorderedItems.Where(item => _armed.ContainsKey(item.Element)).ToList();
            queue.Clear();
            queue.EnqueueRange(kept);
        }
    }
}
