using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Asks for a comparison of a target with the record.</summary>
/// <param name="Target">The target.</param>
/// <param name="Run">Instance id of its workflow; the same id twice is one comparison.</param>
/// <param name="DryRun">Whether only a plan is made.</param>
/// <param name="AskedBy">Who or what asks: <see cref="Schedule"/>, or the name of an operator.</param>
/// <param name="Note">What there is to say about it, for people: how late it is, for example; null for nothing.</param>
public sealed record ReconciliationRequest(string Target, string Run, bool DryRun, string AskedBy, string? Note = null)
{
    /// <summary>How much of the target is read.</summary>
    public ReconciliationMode Mode { get; init; }

    /// <summary>Asks where nobody does.</summary>
    public const string Schedule = "schedule";

    /// <summary>What the instance id of every comparison begins with.</summary>
    public const string RunPrefix = "reconcile-";
}
