using ServerlessSync.Mesh.Planning;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>A plan's row.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Outline">What the workflow is told of it.</param>
/// <param name="Stale">Whether the event was older than what was recorded.</param>
/// <param name="Refusal">Why nothing is done, when something should have been.</param>
/// <param name="Concern">What a person must look at besides.</param>
/// <param name="Doubt">Why the order of the event is in doubt.</param>
sealed record PreparedRow(Plan Plan, PlanOutline Outline, bool Stale, string? Refusal, string? Concern = null, string? Doubt = null)
{
    /// <summary>The targets that were read before it was made, and it is about these alone; null when none was.</summary>
    public IReadOnlyList<Observed>? Observed { get; init; }
}
