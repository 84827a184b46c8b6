namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>State of a run, as Durable Task names them.</summary>
public enum WorkflowStatus
{
    /// <summary>Accepted, no turn taken yet.</summary>
    Pending,

    /// <summary>At work or waiting.</summary>
    Running,

    /// <summary>Takes no turn until resumed.</summary>
    Suspended,

    /// <summary>Ended with a result.</summary>
    Completed,

    /// <summary>Ended with a failure.</summary>
    Failed,

    /// <summary>Stopped hard.</summary>
    Terminated,

    /// <summary>
    /// Not ended, and not taken up: what is stored for it is damaged, or this build lacks the version it began with. Its failure says which. It
    /// goes on once that is mended. An engine shows this state and never stores it.
    /// </summary>
    Held,
}

/// <summary>A run as status queries show it.</summary>
public sealed record WorkflowInstance
{
    /// <summary>Id of the run.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Name of its workflow.</summary>
    public required string Name { get; init; }

    /// <summary>The version it began with.</summary>
    public required string Version { get; init; }

    /// <summary>Its state.</summary>
    public required WorkflowStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Input of the current generation as JSON.</summary>
    public string? Input { get; init; }

    /// <summary>Result as JSON, once completed; the reason, once terminated.</summary>
    public string? Output { get; init; }

    /// <summary>What the run last said of itself, as JSON.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Why it failed, or is held.</summary>
    public WorkflowFailure? Failure { get; init; }

    /// <summary>Whether the run has ended for good.</summary>
    public bool HasEnded => Status is WorkflowStatus.Completed or WorkflowStatus.Failed or WorkflowStatus.Terminated;
}

/// <summary>Which runs to list.</summary>
public sealed record WorkflowInstanceQuery
{
    /// <summary>Only these states; empty means all.</summary>
    public IReadOnlyCollection<WorkflowStatus> Statuses { get; init; } = [];

    /// <summary>Only runs accepted at or after.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Only runs accepted at or before.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>Only ids that begin so.</summary>
    public string? InstanceIdPrefix { get; init; }

    /// <summary>Whether input, output and custom status are wanted.</summary>
    public bool FetchInputsAndOutputs { get; init; }

    /// <summary>Runs on a page, 1 to 1000.</summary>
    /// <value>100</value>
    public int PageSize { get; init; } = 100;

    /// <summary>Token of the page before.</summary>
    public string? ContinuationToken { get; init; }
}

/// <summary>A page of runs. It may hold fewer than were asked for, even none, and still have a token.</summary>
/// <param name="Instances">The runs.</param>
/// <param name="ContinuationToken">Token of the next page, or null at the end.</param>
public sealed record WorkflowInstancePage(IReadOnlyList<WorkflowInstance> Instances, string? ContinuationToken);
