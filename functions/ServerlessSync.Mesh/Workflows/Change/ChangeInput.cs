using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Input of the change workflow.</summary>
/// <param name="IdentityId">The identity.</param>
/// <param name="Inbox">Where the event lies.</param>
/// <param name="Epoch">The lane's epoch with the event.</param>
/// <param name="Open">What an earlier generation left open; null in the first.</param>
public sealed record ChangeInput(string IdentityId, InboxKey Inbox, long Epoch, OpenRevocations? Open = null)
{
    /// <summary>The run the lane named for it.</summary>
    public required string Run { get; init; }
}

/// <summary>Revocations that go on beyond their first attempts, from generation to generation.</summary>
/// <param name="Outline">The plan.</param>
/// <param name="Ends">How each step ended so far.</param>
/// <param name="Overdue">Whether the deadline has passed and the owner has been told.</param>
public sealed record OpenRevocations(PlanOutline Outline, IReadOnlyList<StepEnd> Ends, bool Overdue);
