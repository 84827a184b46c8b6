using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess.Runs;

/// <summary>One run as an actor: what reaches it gathers in its mailbox and is taken in turns, one after the other, on the thread pool.</summary>
sealed partial class Run(EngineParts parts, string instanceId) : IThreadPoolWorkItem
{
    readonly Lock _gate = new();
    readonly HashSet<int> _issued = [];
    readonly HashSet<int> _timers = [];
    readonly HashSet<long> _readAtLoad = [];
    List<RunInput> _mailbox = [];
    List<RunInput> _taken = [];
    List<RunInput> _held = [];
    RunState? _state;
    TurnCommit? _uncertain;
    TaskCompletionSource? _settled;
    int _failures;
    int _posts;
    bool _reread;
    bool _busy;
    bool _gone;

    public string InstanceId => instanceId;

    /// <summary>Place in the list of idle runs; belongs to <see cref="RunTable"/>.</summary>
    public LinkedListNode<Run>? Idle { get; set; }

    /// <summary>Whether this object no longer stands for the run.</summary>
    public bool IsGone => Volatile.Read(ref _gone);

    /// <summary>A run that is being stored: what reaches it waits until it begins.</summary>
    public static Run Unborn(EngineParts parts, string instanceId) => new(parts, instanceId) { _busy = true };

    /// <summary>The run was stored just now: it takes its first turn.</summary>
    public void Begin(NewInstance created)
    {
        _state = RunState.New(Setting(), created);
        Post(new(new(EventKind.Wake)));
        Queue();
    }

    /// <summary>The run was not stored: what has reached this object is handed back.</summary>
    public List<RunInput> GiveUp()
    {
        lock (_gate)
        {
            _gone = true;
        }

        TellSettled();
        return _mailbox;
    }

    /// <summary>Puts something into the mailbox; false when this object no longer stands for the run.</summary>
    public bool Post(RunInput input)
    {
        lock (_gate)
        {
            if (_gone)
            {
                return false;
            }

            if (input.IsStored && _readAtLoad.Remove(input.Number))
            {
                return true;
            }

            _mailbox.Add(input);
            _posts++;
            if (_busy)
            {
                return true;
            }

            _busy = true;
        }

        Queue();
        return true;
    }

    /// <summary>Whether so many events have reached the run and were not taken in yet.</summary>
    public bool AreWaiting(int events)
    {
        lock (_gate)
        {
            return _mailbox.Count + _held.Count >= events
                && _mailbox.Concat(_held).Count(i => i.Event.Kind == EventKind.EventReceived) >= events;
        }
    }

    /// <summary>Puts something into the mailbox; false when this object no longer stands for the run.</summary>
    /// <param name="input">What has come.</param>
    /// <param name="settled">Ends when the run has nothing left to do for now, whatever became of it.</param>
    public bool Post(RunInput input, out Task settled)
    {
        lock (_gate)
        {
            settled = (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return Post(input);
    }

    /// <summary>Has the run read again from the store: something may have been stored for it that nobody could tell.</summary>
    public bool Reread()
    {
        Volatile.Write(ref _reread, true);
        return Post(new(new(EventKind.Wake)));
    }

    /// <summary>Forgets the run when it only waits.</summary>
    public bool TryLeave()
    {
        lock (_gate)
        {
            if (_busy || _gone || _mailbox.Count + _held.Count + _issued.Count > 0)
            {
                return false;
            }

            return _gone = true;
        }
    }

    public void Execute() => _ = ProcessAsync();

    void Queue()
    {
        parts.Work.Enter();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    async Task ProcessAsync()
    {
        try
        {
            while (!parts.IsHalted && await StepAsync())
            {
            }
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Fenced)
        {
            parts.Halt(e);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            // Loading it again finds the same: it is left as it is until somebody has mended it.
            Hold(Failures.Damaged(e));
        }
        catch (Exception e)
        {
            // A store that does not answer, or a fault of ours: nothing of the turn counts, and the run is taken up again from what is stored.
            BackOff(e);
        }

        TellSettled();
        parts.Work.Leave();
    }

    /// <summary>One turn; false when nothing is left to do.</summary>
    async ValueTask<bool> StepAsync()
    {
        if ((_state is null || DropsState()) && !await LoadAsync())
        {
            return false;
        }

        if (_state is not { } state)
        {
            return true;
        }

        if (!TakeMail())
        {
            return Rest();
        }

        var inputs = _taken;
        var turn = state.Take(inputs, _issued.Count - inputs.Count(i => i.EndsActivity), parts.Time.GetUtcNow());
        if (turn.Commit is not null)
        {
            _uncertain = turn.Commit;
            var children = Expect(turn.Commit);
            var receipt = await CommitAsync(turn.Commit, children);
            _uncertain = null;
            _failures = 0;
            Settle(inputs, turn);
            BeginChildren(turn.Commit, children, receipt);
            Follow(state, turn, receipt);
        }
        else
        {
            Settle(inputs, turn);
        }

        return !state.Instance.HasEnded || Finish(state);
    }

    /// <summary>Moves the mailbox, behind what was held back, into the hands of the next turn; false when nothing new has come.</summary>
    bool TakeMail()
    {
        lock (_gate)
        {
            if (_mailbox.Count == 0)
            {
                return false;
            }

            (_mailbox, _taken) = (_taken, _mailbox);
            if (_held.Count > 0)
            {
                _taken.InsertRange(0, _held);
                _held.Clear();
            }

            return true;
        }
    }

    bool Rest()
    {
        bool waits;
        lock (_gate)
        {
            if (_mailbox.Count > 0)
            {
                return true;
            }

            waits = _issued.Count == 0;
            _busy = false;
        }

        if (waits)
        {
            parts.Table.Rest(this);
        }

        return false;
    }

    /// <summary>The turn is stored: what it took in is done with.</summary>
    void Settle(List<RunInput> inputs, Turn turn)
    {
        foreach (var input in inputs)
        {
            if (input.EndsActivity)
            {
                _issued.Remove(input.Event.Id);
            }
            else if (input.Event.Kind == EventKind.TimerFired)
            {
                _timers.Remove(input.Event.Id);
            }
        }

        foreach (var input in turn.Held.Where(i => i.EndsActivity))
        {
            _issued.Add(input.Event.Id);
        }

        _held = turn.Held;
        inputs.Clear();
        if (turn.WantsTurn)
        {
            Post(new(new(EventKind.Wake)));
        }
    }

    bool Finish(RunState state)
    {
        lock (_gate)
        {
            _gone = true;
        }

        CancelTimers();
        parts.Table.End(this, state.Instance);
        return false;
    }

    /// <summary>Leaves memory without having ended; whatever was stored for the run is read again when it is taken up.</summary>
    void Hold(WorkflowFailure why)
    {
        lock (_gate)
        {
            _gone = true;
        }

        CancelTimers();
        parts.Table.Hold(this, why);
        TellUncertain();
    }

    void TellSettled()
    {
        TaskCompletionSource? settled;
        lock (_gate)
        {
            (settled, _settled) = (_settled, null);
        }

        settled?.TrySetResult();
    }

    void BackOff(Exception e)
    {
        parts.Log.TurnDropped(instanceId, e);
        DropState();
        parts.Later(parts.BackOff(_failures++), Queue);
    }

    void DropState()
    {
        lock (_gate)
        {
            _reread = false;
            _state = null;
            _mailbox.InsertRange(0, _held.Concat(_taken).Where(i => !i.IsStored));
            _taken.Clear();
            _held.Clear();
        }
    }

    /// <summary>Drops the state when somebody asked for it to be read again.</summary>
    bool DropsState()
    {
        if (!Volatile.Read(ref _reread))
        {
            return false;
        }

        DropState();
        return true;
    }

    RunSetting Setting() => new(parts.Catalog, parts.Options, () => Post(new(new(EventKind.LeftTurn))));
}
