using System.Collections.Concurrent;
using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess.Runs;

/// <summary>The runs in memory: found, made, dropped when idle for longest, and watched for their end.</summary>
sealed class RunTable(EngineParts parts)
{
    static readonly HistoryEvent Wake = new(EventKind.Wake);

    readonly ConcurrentDictionary<string, Run> _runs = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, TaskCompletionSource<WorkflowInstance>> _watched = new(StringComparer.Ordinal);
    readonly Lock _idleGate = new();
    readonly LinkedList<Run> _idle = [];
    readonly ConcurrentDictionary<string, HeldRun> _heldRuns = new(StringComparer.Ordinal);
    TaskCompletionSource? _room;
    int _loaded;
    int _unfinished;

    /// <summary>Counts a run that is about to be stored; false when there are too many.</summary>
    public bool TryReserve()
    {
        if (Interlocked.Increment(ref _unfinished) <= parts.Options.MaxUnfinishedRuns)
        {
            return true;
        }

        GiveBack();
        return false;
    }

    /// <summary>The run counted was not stored after all.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _unfinished);

    /// <summary>Takes up a run found in the store at start; ends when it has been taken up and only waits.</summary>
    public async Task TakeUpAsync(string instanceId)
    {
        Task settled;
        while (Find(instanceId) is var run && !run.Post(new(Wake), out settled))
        {
            Remove(run);
        }

        await settled;
    }

    /// <summary>Counts a run that is there already, or a child; it is never refused.</summary>
    public void Reserve() => Interlocked.Increment(ref _unfinished);

    /// <summary>Whether so many events wait for a run that it takes no more from outside for now.</summary>
    public bool IsFull(string instanceId) =>
        _runs.TryGetValue(instanceId, out var run) && run.AreWaiting(parts.Options.MaxWaitingEvents);

    /// <summary>
    /// Takes the place of a run that is about to be stored, so that nobody else can load it before its state is known; null when it is taken.
    /// </summary>
    public Run? Expect(string instanceId)
    {
        var run = Run.Unborn(parts, instanceId);
        if (!_runs.TryAdd(instanceId, run))
        {
            return null;
        }

        Interlocked.Increment(ref _loaded);
        return run;
    }

    /// <summary>The run was stored by us: it begins.</summary>
    public void Begin(Run? expected, NewInstance created)
    {
        if (expected is not null)
        {
            expected.Begin(created);
        }
        else
        {
            Deliver(created.Instance.InstanceId, new(Wake));
        }
    }

    /// <summary>The run was not stored by us: whatever reached the place kept for it goes to the one that is there.</summary>
    public void GiveUp(Run? expected)
    {
        GiveBack();
        if (expected is null)
        {
            return;
        }

        var mail = expected.GiveUp();
        Remove(expected);
        if (_watched.ContainsKey(expected.InstanceId))
        {
            mail.Add(new(Wake));
        }

        foreach (var input in mail)
        {
            Deliver(expected.InstanceId, input);
        }
    }

    /// <summary>Hands something to a run, which is loaded when it is not in memory.</summary>
    public void Deliver(string instanceId, RunInput input)
    {
        while (Find(instanceId) is var run && !run.Post(input))
        {
            Remove(run);
        }
    }

    /// <summary>Has a run read again from the store.</summary>
    public void Reread(string instanceId)
    {
        while (Find(instanceId) is var run && !run.Reread())
        {
            Remove(run);
        }
    }

    /// <summary>The run only waits now; beyond the limit the longest idle runs leave memory.</summary>
    public void Rest(Run run)
    {
        lock (_idleGate)
        {
            if (run.IsGone)
            {
                return;
            }

            if (run.Idle is { } place)
            {
                _idle.Remove(place);
            }

            run.Idle = _idle.AddLast(run);
            var tries = _idle.Count;
            while (Volatile.Read(ref _loaded) > parts.Options.MaxLoadedRuns && tries-- > 0)
            {
                var oldest = _idle.First!.Value;
                _idle.RemoveFirst();
                oldest.Idle = null;
                if (oldest.TryLeave())
                {
                    Remove(oldest);
                }
            }
        }
    }

    /// <summary>The run has ended.</summary>
    public void End(Run run, WorkflowInstance ended)
    {
        Remove(run);
        LeaveIdle(run);
        Interlocked.Decrement(ref _unfinished);
        Tell(ended);
    }

    /// <summary>The run cannot be taken up.</summary>
    public void Hold(Run run, WorkflowFailure why)
    {
        _heldRuns[run.InstanceId] = new(why, parts.Time.GetUtcNow());
        parts.Log.Held(run.InstanceId, why.ErrorMessage);
        Remove(run);
        LeaveIdle(run);
    }

    /// <summary>The run could be taken up after all.</summary>
    public void LetGo(string instanceId) => _heldRuns.TryRemove(instanceId, out _);

    /// <summary>Why a run is held and since when, or null.</summary>
    public HeldRun? FindHeld(string instanceId) => _heldRuns.GetValueOrDefault(instanceId);

    /// <summary>There is no such run, or it had ended before it was loaded.</summary>
    public void Forget(Run run, WorkflowInstance? ended)
    {
        Remove(run);
        LeaveIdle(run);
        if (ended is not null)
        {
            Tell(ended);
        }
        else if (_watched.TryRemove(run.InstanceId, out var watch))
        {
            watch.TrySetException(NoSuchRun(run.InstanceId));
        }
    }

    /// <summary>Ends when the run has ended.</summary>
    /// <exception cref="ArgumentException">There is no such run.</exception>
    public async Task<WorkflowInstance> WatchAsync(string instanceId, CancellationToken cancellationToken)
    {
        var watch = _watched.GetOrAdd(instanceId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        // A run in memory tells its watchers after it has left the table, so one seen there will tell this one too.
        if (!_runs.ContainsKey(instanceId))
        {
            var stored = await parts.History.GetAsync(instanceId, cancellationToken);
            if (stored is not { HasEnded: false })
            {
                _watched.TryRemove(KeyValuePair.Create(instanceId, watch));
                return stored ?? throw NoSuchRun(instanceId);
            }
        }

        if (parts.IsHalted)
        {
            Abandon();
        }

        return await watch.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The engine has stopped: nobody will tell the watchers.</summary>
    public void Abandon()
    {
        foreach (var (id, watch) in _watched)
        {
            _watched.TryRemove(id, out _);
            watch.TrySetException(parts.Fault ?? new InvalidOperationException("The engine has stopped."));
        }
    }

    static ArgumentException NoSuchRun(string instanceId) => new($"There is no run '{instanceId}'.", nameof(instanceId));

    Run Find(string instanceId)
    {
        if (_runs.TryGetValue(instanceId, out var run))
        {
            return run;
        }

        var made = new Run(parts, instanceId);
        run = _runs.GetOrAdd(instanceId, made);
        if (run == made)
        {
            Interlocked.Increment(ref _loaded);
        }

        return run;
    }

    void Tell(WorkflowInstance ended)
    {
        if (_watched.TryRemove(ended.InstanceId, out var watch))
        {
            watch.TrySetResult(ended);
        }
    }

    void Remove(Run run)
    {
        if (_runs.TryRemove(KeyValuePair.Create(run.InstanceId, run))
            && Interlocked.Decrement(ref _loaded) <= parts.Options.MaxLoadedRuns)
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }

    /// <summary>Ends when no more runs are in memory than allowed: those at work cannot leave it. One caller waits at a time.</summary>
    public async Task RoomAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _loaded) > parts.Options.MaxLoadedRuns)
        {
            TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _room, room);
            if (Volatile.Read(ref _loaded) > parts.Options.MaxLoadedRuns)
            {
                await room.Task.WaitAsync(cancellationToken);
            }
        }
    }

    void LeaveIdle(Run run)
    {
        lock (_idleGate)
        {
            if (run.Idle is { } place)
            {
                _idle.Remove(place);
                run.Idle = null;
            }
        }
    }
}

/// <summary>A run that cannot be taken up.</summary>
sealed record HeldRun(WorkflowFailure Why, DateTimeOffset Since);
