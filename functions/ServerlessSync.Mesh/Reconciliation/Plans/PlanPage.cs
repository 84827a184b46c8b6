using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Whether the plan of a comparison can be shown.</summary>
public enum PlanStanding
{
    /// <summary>It is there.</summary>
    There,

    /// <summary>The target has no comparison of that number.</summary>
    Unknown,

    /// <summary>The comparison has not come to its plan yet.</summary>
    NotYet,

    /// <summary>The comparison ended before it came to a plan.</summary>
    NeverMade,

    /// <summary>A newer comparison of the target has begun: only the newest plan is kept.</summary>
    Forgotten,
}

/// <summary>One page of the plan of a comparison.</summary>
/// <param name="Standing">Whether there is one.</param>
/// <param name="Reason">Why there is none, for people; null where there is one.</param>
public sealed record PlanPage(PlanStanding Standing, string? Reason = null)
{
    /// <summary>Its lines.</summary>
    public IReadOnlyList<PlanLine> Lines { get; init; } = [];

    /// <summary>Token of the next page; null at the end.</summary>
    public string? Next { get; init; }

    /// <summary>Rows that could not be read, so that what they hold is missing.</summary>
    public IReadOnlyList<RowAddress> Damaged { get; init; } = [];
}
