namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>How a run's code stands at the end of a turn.</summary>
enum Standing
{
    /// <summary>It waits for something it was given by the engine.</summary>
    Waiting,

    /// <summary>It waits, but for nothing the engine knows.</summary>
    Stuck,

    /// <summary>It has returned or thrown; activities or children are still under way.</summary>
    Closing,

    /// <summary>It has returned or thrown and nothing is under way.</summary>
    Ended,

    /// <summary>It asked for the next generation, and nothing is under way.</summary>
    ContinuedAsNew,
}

/// <summary>What a generation begins with.</summary>
sealed record Generation(string InstanceId, string WorkflowName, string Version, string? Input, Func<WorkflowContext, Task<string?>> Code);

/// <summary>The live code of one generation of a run: fed with events, it yields actions. Knows no store and no clock.</summary>
sealed class Execution
{
    readonly Generation _generation;
    readonly TurnScheduler _scheduler;
    readonly Dictionary<int, PendingTask> _pending = [];
    readonly List<HistoryEvent> _actions = [];
    readonly ExternalEvents _events = new();
    readonly ReplayContext _context;
    Task<string?>? _code;
    int _underWay;

    /// <param name="generation">What is run.</param>
    /// <param name="left">Called, from any thread, when the code is seen outside a turn.</param>
    public Execution(Generation generation, Action left)
    {
        _generation = generation;
        _scheduler = new TurnScheduler(left);
        _context = new ReplayContext(this, generation);
    }

    public TurnScheduler Scheduler => _scheduler;

    public ExternalEvents Events => _events;

    /// <summary>What the code asked for in this turn, in order.</summary>
    public IReadOnlyList<HistoryEvent> Actions => _actions;

    /// <summary>Tasks not yet ended.</summary>
    public IReadOnlyDictionary<int, PendingTask> Pending => _pending;

    public bool HasStarted => _code is not null;

    public bool IsReplaying { get; set; }

    public DateTimeOffset Now { get; private set; }

    public string? CustomStatus { get; set; }

    public int NextId { get; private set; }

    public int Guids { get; set; }

    /// <summary>Set once the code asked for the next generation.</summary>
    public (string? Input, bool KeepEvents)? Continuation { get; set; }

    public Standing Standing =>
        _code is not { IsCompleted: true } ? _pending.Count > 0 || _events.HasWaiters ? Standing.Waiting : Standing.Stuck
        : _underWay > 0 ? Standing.Closing
        : Continuation is not null && _code.IsCompletedSuccessfully ? Standing.ContinuedAsNew
        : Standing.Ended;

    /// <summary>The ended code's result.</summary>
    public string? Output => _code!.IsCompletedSuccessfully ? _code.Result : null;

    /// <summary>Why the ended code failed, or null.</summary>
    public WorkflowFailure? Failure => _code switch
    {
        { IsFaulted: true } => Failures.From(_code.Exception!.InnerException!),
        { IsCanceled: true } => Failures.From(new TaskCanceledException()),
        _ => null,
    };

    /// <summary>Takes over the counters of the generation before, so that ids are never used twice in a run's life.</summary>
    public void Begin(HistoryEvent begun)
    {
        NextId = (int)begun.Ticks;
        Guids = begun.Guids;
    }

    /// <summary>Begins a turn; the first one starts the code.</summary>
    public void BeginTurn(DateTimeOffset now)
    {
        Now = now > Now ? now : Now;
        _actions.Clear();
        if (_code is null)
        {
            _scheduler.Run(static self => self._code = self._generation.Code(self._context), this);
            CloseWhenReturned();
        }
    }

    /// <summary>Gives an event to the code and runs it until idle; false when nothing waits for the event.</summary>
    public bool Apply(HistoryEvent happened)
    {
        if (happened.Kind == EventKind.EventReceived)
        {
            _scheduler.Run(static x => x.Self._events.Receive(x.Happened), (Self: this, Happened: happened));
        }
        else if (_pending.TryGetValue(happened.Id, out var task) && EndsBy(task.Kind, happened.Kind))
        {
            _pending.Remove(happened.Id);
            _underWay -= task.Kind == EventKind.TimerCreated ? 0 : 1;
            _scheduler.Run(static x => End(x.Task, x.Happened), (Task: task, Happened: happened));
        }
        else
        {
            return false;
        }

        CloseWhenReturned();
        return true;
    }

    public int TakeId() => NextId++;

    public void Add(HistoryEvent action) => _actions.Add(action);

    public Task<T> Schedule<T>(HistoryEvent action)
    {
        var pending = new PendingTask<T> { Scheduled = action };
        _actions.Add(action);
        _pending.Add(action.Id, pending);
        _underWay += action.Kind == EventKind.TimerCreated ? 0 : 1;
        return pending.Task;
    }

    public Task ScheduleTimer(DateTimeOffset due, CancellationToken cancellationToken)
    {
        var action = new HistoryEvent(EventKind.TimerCreated) { Id = TakeId(), Ticks = due.UtcTicks };
        var task = Schedule<object?>(action);
        if (cancellationToken.CanBeCanceled)
        {
            _pending[action.Id].Cancellation = cancellationToken.Register(() => CancelTimer(action.Id, cancellationToken));
        }

        return task;
    }

    static bool EndsBy(EventKind scheduled, EventKind happened) => scheduled switch
    {
        EventKind.ActivityScheduled => happened is EventKind.ActivityCompleted or EventKind.ActivityFailed,
        EventKind.ChildScheduled => happened is EventKind.ChildCompleted or EventKind.ChildFailed,
        EventKind.TimerCreated => happened == EventKind.TimerFired,
        _ => false,
    };

    static void End(PendingTask task, HistoryEvent happened)
    {
        if (happened.Kind is EventKind.ActivityFailed or EventKind.ChildFailed)
        {
            task.Fail(new WorkflowTaskFailedException(task.Scheduled!.Name!, happened.Failure));
        }
        else
        {
            task.Complete(happened.Payload);
        }
    }

    void CancelTimer(int id, CancellationToken cancellationToken)
    {
        _scheduler.Demand();
        if (_pending.Remove(id, out var task))
        {
            _actions.Add(new(EventKind.TimerCancelled) { Id = id });
            task.Cancel(cancellationToken);
        }
    }

    /// <summary>Once the code has returned nobody waits for timers and events any more.</summary>
    void CloseWhenReturned()
    {
        if (_code is { IsCompleted: true })
        {
            _events.DropWaiters();
            foreach (var (id, task) in _pending)
            {
                if (task.Kind == EventKind.TimerCreated)
                {
                    task.Cancellation.Unregister();
                    _pending.Remove(id);
                }
            }
        }
    }
}
