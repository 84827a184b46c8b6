using ServerlessSync.Engines.InProcess.Replay;

namespace ServerlessSync.Engines.InProcess.Runs;

/// <summary>What a run is loaded with.</summary>
/// <param name="Catalog">The code.</param>
/// <param name="Options">The engine's settings.</param>
/// <param name="Left">Called when the code is seen outside a turn.</param>
sealed record RunSetting(WorkflowCatalog Catalog, InProcessEngineOptions Options, Action Left);

sealed partial class RunState
{
    /// <exception cref="StoreException">The stored events are damaged.</exception>
    void Rebuild(IReadOnlyList<ReadOnlyMemory<byte>> stored)
    {
        var events = EventCodec.Decode(Instance.InstanceId, stored);
        _parentTask = events is [{ Kind: EventKind.GenerationBegun } begun, ..] ? begun.Id : -1;
        Keep(stored, fromStart: true);
        var code = _catalog.FindWorkflow(Instance.Name, Instance.Version);
        if (code is null)
        {
            Missing = Failures.MissingVersion(Instance.Name, Instance.Version);
            return;
        }

        Execution = new Execution(new(Instance.InstanceId, Instance.Name, Instance.Version, Instance.Input, code), _left) { CustomStatus = Instance.CustomStatus };
        try
        {
            Replayer.Replay(Execution, events, Instance.Name);
        }
        catch (NonDeterminismException e)
        {
            Execution = null;
            _doomed = Failures.NonDeterministic(e.Message);
            FindOpenChildren(events);
        }
    }

    void Keep(IReadOnlyList<ReadOnlyMemory<byte>> events, bool fromStart)
    {
        if (_kept is not null)
        {
            if (fromStart)
            {
                _kept.Clear();
            }

            _kept.AddRange(events);
        }
    }

    /// <summary>Lets the run fail once what it started has ended. Actions of the turn at hand are never done.</summary>
    void Doom(WorkflowFailure failure, IReadOnlyList<HistoryEvent> undone)
    {
        _doomed = failure;
        foreach (var (id, task) in Execution!.Pending)
        {
            if (task.Kind == EventKind.ChildScheduled && !undone.Any(a => a.Kind == EventKind.ChildScheduled && a.Id == id))
            {
                _openChildren.Add(task.Scheduled!.Target!);
            }
        }
    }

    void FindOpenChildren(IReadOnlyList<HistoryEvent> events)
    {
        foreach (var e in events)
        {
            if (e.Kind == EventKind.ChildScheduled)
            {
                _open[e.Id] = e;
            }
            else if (e.Kind is EventKind.ChildCompleted or EventKind.ChildFailed)
            {
                _open.Remove(e.Id);
            }
        }

        _openChildren.UnionWith(_open.Values.Select(e => e.Target!));
    }

    Turn End(WorkflowStatus status, string? output, WorkflowFailure? failure, TurnInput input, List<HistoryEvent>? events = null)
    {
        Instance = Instance with
        {
            Status = status,
            Output = output,
            Failure = status == WorkflowStatus.Failed ? failure : null,
            CustomStatus = Execution?.CustomStatus ?? Instance.CustomStatus,
            LastUpdatedAt = input.Now,
        };
        List<HistoryEvent> words = [];
        if (_parent is not null)
        {
            var word = failure is null
                ? new HistoryEvent(EventKind.ChildCompleted) { Id = _parentTask, Payload = output }
                : HistoryEvent.OfFailure(EventKind.ChildFailed, _parentTask, failure);
            words.Add(word with { Target = Instance.InstanceId });
        }

        return Store(input, events ?? [], words);
    }

    Turn NextGeneration(TurnInput input)
    {
        var execution = Execution!;
        var (newInput, keep) = execution.Continuation!.Value;
        List<HistoryEvent> first =
        [
            new(EventKind.GenerationBegun) { Id = _parentTask, Ticks = execution.NextId, Guids = execution.Guids },
            .. keep ? execution.Events.Buffered : [],
        ];
        Instance = Instance with { Status = WorkflowStatus.Running, Input = newInput, CustomStatus = execution.CustomStatus, LastUpdatedAt = execution.Now };
        var sent = execution.Actions.Where(a => a.Kind == EventKind.EventSent).ToList();
        var commit = new TurnCommit
        {
            Instance = Instance,
            ExpectedEvents = _eventCount,
            NewGeneration = true,
            NewEvents = EventCodec.Encode(first),
            ConsumedMessages = Numbers(input.Inputs),
            Messages = [.. sent.Select(Message)],
        };
        _eventCount = first.Count;
        Rebuild(commit.NewEvents);
        return new Turn { Commit = commit, Sent = sent, WantsTurn = true };
    }

    Turn Store(TurnInput input, List<HistoryEvent> events, IReadOnlyList<HistoryEvent> words)
    {
        List<HistoryEvent>? sent = null;
        List<NewInstance>? children = null;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Kind == EventKind.EventSent)
            {
                (sent ??= []).Add(events[i]);
                events[i] = events[i] with { Payload = null };
            }
            else if (events[i].Kind == EventKind.ChildScheduled)
            {
                if (_catalog.FindVersion(events[i].Name!) is { } version)
                {
                    (children ??= []).Add(Child(events[i], version, input.Now));
                }

                events[i] = events[i] with { Payload = null };
            }
        }

        var encoded = EventCodec.Encode(events);
        List<OutgoingMessage> messages = sent is null ? [] : [.. sent.Select(Message)];
        messages.AddRange(words.Select(w => new OutgoingMessage(_parent!, EventCodec.Encode(w))));
        var commit = new TurnCommit
        {
            Instance = Instance,
            ExpectedEvents = _eventCount,
            NewEvents = encoded,
            ConsumedMessages = Numbers(input.Inputs),
            Children = children is null ? [] : children,
            Messages = messages,
        };
        _eventCount += encoded.Length;
        Keep(encoded, fromStart: false);
        return new Turn { Commit = commit, Actions = events.Count == 0 ? [] : Execution!.Actions, Sent = sent is null ? words : [.. sent, .. words] };
    }

    OutgoingMessage Message(HistoryEvent sent) =>
        new(sent.Target!, EventCodec.Encode(new HistoryEvent(EventKind.EventReceived) { Name = sent.Name, Payload = sent.Payload }));

    NewInstance Child(HistoryEvent scheduled, string version, DateTimeOffset now)
    {
        var instance = new WorkflowInstance
        {
            InstanceId = scheduled.Target!,
            Name = scheduled.Name!,
            Version = version,
            Status = WorkflowStatus.Pending,
            CreatedAt = now,
            LastUpdatedAt = now,
            Input = scheduled.Payload,
        };
        var begun = new HistoryEvent(EventKind.GenerationBegun) { Id = scheduled.Id };
        return new NewInstance(instance, [EventCodec.Encode(begun)], Instance.InstanceId);
    }
}
