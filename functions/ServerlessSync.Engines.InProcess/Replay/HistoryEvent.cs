namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>What an event of a history, or a message to a run, says. The numbers are stored: never reuse one.</summary>
enum EventKind
{
    GenerationBegun = 1,
    TurnStarted = 2,
    ActivityScheduled = 10,
    ActivityCompleted = 11,
    ActivityFailed = 12,
    ChildScheduled = 20,
    ChildCompleted = 21,
    ChildFailed = 22,
    TimerCreated = 30,
    TimerFired = 31,
    TimerCancelled = 32,
    EventReceived = 40,
    EventSent = 41,
    Suspended = 50,
    Resumed = 51,
    Terminated = 52,

    /// <summary>Never stored: the workflow's code was seen running outside its turn.</summary>
    LeftTurn = 60,

    /// <summary>Never stored: there may be something to do.</summary>
    Wake = 61,
}

/// <summary>One event of a history or one message to a run.</summary>
sealed record HistoryEvent(EventKind Kind)
{
    /// <summary>The task it speaks of; for <see cref="EventKind.GenerationBegun"/> the first free task id.</summary>
    public int Id { get; init; } = -1;

    /// <summary>Name of an activity, workflow or event, or type of a failure.</summary>
    public string? Name { get; init; }

    /// <summary>JSON text of an input, result or event.</summary>
    public string? Payload { get; init; }

    /// <summary>Instance id of a child or of an event's receiver.</summary>
    public string? Target { get; init; }

    /// <summary>Plain text: message of a failure, reason of a suspend, resume or terminate.</summary>
    public string? Text { get; init; }

    /// <summary>UTC ticks: start of a turn, due time of a timer.</summary>
    public long Ticks { get; init; }

    /// <summary>For <see cref="EventKind.GenerationBegun"/>: ids of <see cref="WorkflowContext.NewGuid"/> used so far.</summary>
    public int Guids { get; init; }

    public bool IsAction => Kind is EventKind.ActivityScheduled or EventKind.ChildScheduled or EventKind.TimerCreated
        or EventKind.TimerCancelled or EventKind.EventSent;

    public WorkflowFailure Failure => new(Name ?? "", Text ?? "");

    public static HistoryEvent OfFailure(EventKind kind, int id, WorkflowFailure failure) =>
        new(kind) { Id = id, Name = failure.ErrorType, Text = failure.ErrorMessage };
}
