using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Input of the finish, and of the report that revocations are overdue.</summary>
public sealed record FinishInput(string IdentityId, string Run, InboxKey Inbox, ChangeReport Report);

/// <summary>What a run came to. Green only when every step is verified.</summary>
/// <param name="Class">What the event meant; null when there was nothing to do.</param>
/// <param name="Steps">How each step ended.</param>
/// <param name="Stopped">Why the run ended early, or null.</param>
public sealed record ChangeReport(ChangeClass? Class, IReadOnlyList<StepEnd> Steps, string? Stopped = null)
{
    /// <summary>Whether every step is verified.</summary>
    public bool IsGreen => Stopped is null && Steps.All(s => s.State == StepState.Verified);
}
