using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess.Runs;

/// <summary>A loaded run: decides turns. Touches no store; when a commit fails it is thrown away and loaded anew.</summary>
sealed partial class RunState
{
    readonly WorkflowCatalog _catalog;
    readonly InProcessEngineOptions _options;
    readonly Action _left;
    readonly string? _parent;
    readonly List<ReadOnlyMemory<byte>>? _kept;
    readonly HashSet<string> _openChildren = new(StringComparer.Ordinal);
    readonly Dictionary<int, HistoryEvent> _open = [];
    int _parentTask = -1;
    int _eventCount;
    WorkflowFailure? _doomed;

    RunState(RunSetting setting, WorkflowInstance instance, string? parent, int eventCount)
    {
        _catalog = setting.Catalog;
        _options = setting.Options;
        _left = setting.Left;
        _parent = parent;
        _kept = _options.ReplayEveryTurn ? [] : null;
        _eventCount = eventCount;
        Instance = instance;
    }

    public WorkflowInstance Instance { get; private set; }

    /// <summary>The code; null when the run is doomed before it could be run, or its code is missing.</summary>
    public Execution? Execution { get; private set; }

    /// <summary>Why the run cannot be taken up by this build, or null.</summary>
    public WorkflowFailure? Missing { get; private set; }

    /// <summary>Why the run will fail as soon as what it started has ended, or null.</summary>
    public WorkflowFailure? Doomed => _doomed;

    /// <summary>Children a run without code has to wait for, by task.</summary>
    public IEnumerable<HistoryEvent> OpenChildren => Execution is null ? _open.Values : [];

    bool IsSuspended => Instance.Status == WorkflowStatus.Suspended;

    /// <summary>A run just stored.</summary>
    public static RunState New(RunSetting setting, NewInstance created)
    {
        var state = new RunState(setting, created.Instance, created.ParentInstanceId, created.Events.Count);
        state.Rebuild(created.Events);
        return state;
    }

    /// <summary>A run as stored.</summary>
    public static RunState Load(RunSetting setting, StoredInstance stored)
    {
        var state = new RunState(setting, stored.Instance, stored.ParentInstanceId, stored.Events.Count);
        state.Rebuild(stored.Events);
        return state;
    }

    /// <summary>Takes a turn with what has come.</summary>
    /// <param name="inputs">What has come, in order.</param>
    /// <param name="underWay">Activities of this run that are still running.</param>
    /// <param name="clock">What the wall clock shows; the time of the turn is never before what the run has seen, wherever the clock was set.</param>
    public Turn Take(List<RunInput> inputs, int underWay, DateTimeOffset clock)
    {
        var now = Latest(inputs, clock);
        var suspended = IsSuspended;
        foreach (var input in inputs)
        {
            if (input.Event.Kind == EventKind.Terminated)
            {
                return End(WorkflowStatus.Terminated, input.Event.Text, Failures.Terminated(input.Event.Text), new(inputs, now));
            }

            suspended = input.Event.Kind == EventKind.Suspended || (suspended && input.Event.Kind != EventKind.Resumed);
        }

        if (suspended)
        {
            return Suspend(inputs, now);
        }

        if (_kept is not null && _doomed is null && Execution!.HasStarted)
        {
            Rebuild([.. _kept]);
        }

        if (_doomed is null && inputs.Exists(i => i.Event.Kind == EventKind.LeftTurn))
        {
            Doom(Failures.LeftTurn("The workflow's code went on outside its turn; it may await tasks of its context only."), []);
        }

        return _doomed is null ? Run(new(inputs, now)) : AwaitDoom(inputs, underWay, now);
    }

    static bool IsControl(HistoryEvent e) => e.Kind is EventKind.Suspended or EventKind.Resumed;

    /// <summary>No turn: what has come waits, only the state changes.</summary>
    Turn Suspend(List<RunInput> inputs, DateTimeOffset now)
    {
        var held = inputs.FindAll(i => !IsControl(i.Event) && i.Event.Kind != EventKind.Wake);
        var control = inputs.FindAll(i => IsControl(i.Event));
        if (control.Count == 0)
        {
            return new Turn { Held = held };
        }

        Instance = Instance with { Status = WorkflowStatus.Suspended, LastUpdatedAt = now };
        return new Turn { Held = held, Commit = new() { Instance = Instance, ExpectedEvents = _eventCount, ConsumedMessages = Numbers(control) } };
    }

    Turn Run(TurnInput input)
    {
        var execution = Execution!;
        var starts = !execution.HasStarted;
        List<HistoryEvent> events = [new(EventKind.TurnStarted) { Ticks = input.Now.UtcTicks }];
        execution.BeginTurn(input.Now);
        foreach (var received in input.Inputs)
        {
            if (execution.Apply(received.Event))
            {
                events.Add(received.Event);
            }
        }

        if (!starts && events.Count == 1)
        {
            return OnlyConsume(input);
        }

        events.AddRange(execution.Actions);
        if (_eventCount + events.Count > WorkflowLimits.HistoryEvents)
        {
            Doom(Failures.TooMuchHistory(), execution.Actions);
        }
        else if (execution.Standing == Standing.Stuck)
        {
            Doom(Failures.LeftTurn("The workflow's code waits for a task that the engine did not issue."), []);
        }

        return _doomed is null ? Conclude(input, events) : new Turn { Held = [.. input.Inputs.Where(i => i.IsStored)], WantsTurn = true };
    }

    /// <summary>What had come is of no use any more.</summary>
    Turn OnlyConsume(TurnInput input)
    {
        var numbers = Numbers(input.Inputs);
        if (numbers.Count == 0)
        {
            return new Turn();
        }

        Instance = Instance with { Status = WorkflowStatus.Running, LastUpdatedAt = input.Now };
        return new Turn { Commit = new() { Instance = Instance, ExpectedEvents = _eventCount, ConsumedMessages = numbers } };
    }

    Turn Conclude(TurnInput input, List<HistoryEvent> events)
    {
        var execution = Execution!;
        switch (execution.Standing)
        {
            case Standing.Ended when execution.Failure is { } failure:
                return End(WorkflowStatus.Failed, null, failure, input, events);
            case Standing.Ended when !WorkflowPayload.Fits(execution.Output, WorkflowLimits.PayloadBytes):
                return End(WorkflowStatus.Failed, null, Failures.PayloadTooLarge("The workflow's result", WorkflowLimits.PayloadBytes), input, events);
            case Standing.Ended:
                return End(WorkflowStatus.Completed, execution.Output, null, input, events);
            case Standing.ContinuedAsNew:
                return NextGeneration(input);
            default:
                Instance = Instance with { Status = WorkflowStatus.Running, LastUpdatedAt = execution.Now, CustomStatus = execution.CustomStatus };
                return Store(input, events, []);
        }
    }

    /// <summary>The run fails as soon as nothing it started is under way; until then nothing is taken in for good.</summary>
    Turn AwaitDoom(List<RunInput> inputs, int underWay, DateTimeOffset now)
    {
        foreach (var input in inputs)
        {
            if (input.Event.Kind is EventKind.ChildCompleted or EventKind.ChildFailed)
            {
                _openChildren.Remove(input.Event.Target ?? "");
            }
        }

        return underWay > 0 || _openChildren.Count > 0
            ? new Turn { Held = inputs.FindAll(i => i.IsStored) }
            : End(WorkflowStatus.Failed, null, _doomed!, new(inputs, now));
    }

    /// <summary>The latest of the clock, the last turn, of this generation or the one before, and the due times of the timers that have fired.</summary>
    DateTimeOffset Latest(List<RunInput> inputs, DateTimeOffset clock)
    {
        var latest = Math.Max(clock.UtcTicks, Math.Max(Instance.LastUpdatedAt.UtcTicks, Execution?.Now.UtcTicks ?? 0));
        foreach (var received in inputs)
        {
            if (received.Event.Kind == EventKind.TimerFired)
            {
                latest = Math.Max(latest, received.Event.Ticks);
            }
        }

        return new DateTimeOffset(latest, TimeSpan.Zero);
    }

    static List<long> Numbers(List<RunInput> inputs)
    {
        List<long> numbers = [];
        foreach (var input in inputs)
        {
            if (input.IsStored)
            {
                numbers.Add(input.Number);
            }
        }

        return numbers;
    }

    readonly record struct TurnInput(List<RunInput> Inputs, DateTimeOffset Now);
}
