namespace ServerlessSync.Mesh.Workflows;

/// <summary>Names of workflows, activities and events as engines and histories know them. A name in use is never given another meaning.</summary>
public static class WorkflowNames
{
    /// <summary>Carries one event of an identity to every target.</summary>
    public const string Change = "change";

    /// <summary>Applies the event to the record, decides and plans.</summary>
    public const string Prepare = "prepare";

    /// <summary>One attempt at a step.</summary>
    public const string Apply = "apply";

    /// <summary>Reads a step's target back.</summary>
    public const string Verify = "verify";

    /// <summary>One attempt at undoing a step.</summary>
    public const string Undo = "undo";

    /// <summary>Asks whether the run has been overtaken.</summary>
    public const string Look = "look";

    /// <summary>Hands revocations that are overdue to their owner.</summary>
    public const string Overdue = "overdue";

    /// <summary>Settles the event, opens exceptions, and frees the lane.</summary>
    public const string Finish = "finish";

    /// <summary>Compares a target with the record.</summary>
    public const string Reconcile = "reconcile";

    /// <summary>One long part of a comparison.</summary>
    public const string ReconcilePart = "reconcile-part";

    /// <summary>Begins a comparison.</summary>
    public const string ReconcileBegin = "reconcile-begin";

    /// <summary>One call of one part of a comparison.</summary>
    public const string ReconcileWork = "reconcile-work";

    /// <summary>Ends a comparison.</summary>
    public const string ReconcileFinish = "reconcile-finish";

    /// <summary>Event: something about the identity changed; the run looks.</summary>
    public const string LookEvent = "look";

    /// <summary>Event: an operator asks the run to stop and to compensate.</summary>
    public const string StopEvent = "stop";

    /// <summary>Events the mesh raises itself; nobody may raise them from outside.</summary>
    public static IReadOnlySet<string> OwnEvents { get; } = new HashSet<string>([LookEvent, StopEvent], StringComparer.OrdinalIgnoreCase);
}
