using System.Text.Json.Serialization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Input of the workflow that compares a target with the record.</summary>
/// <param name="Target">The target.</param>
/// <param name="DryRun">Whether it ends with a plan.</param>
/// <param name="AskedBy">Who or what asked for it: schedule, or the name of an operator.</param>
/// <param name="PlanHash">Hash of the plan that is applied, and nothing else; null for whatever is found.</param>
public sealed record ReconcileInput(string Target, bool DryRun, string AskedBy, string? PlanHash = null)
{
    /// <summary>What there is to say about it, for people: how late it is, for example; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>How much of the target is read.</summary>
    public ReconciliationMode Mode { get; init; }
}

/// <summary>How a comparison ended.</summary>
/// <param name="Number">Its number; 0 when it did not begin.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it ended so, for people.</param>
/// <param name="PlanHash">Hash over what it would do; null when it did not come so far.</param>
public sealed record ReconcileReport(long Number, ReconciliationOutcome Outcome, string? Reason, string? PlanHash)
{
    /// <summary>Whether everything that was to be compared was.</summary>
    [JsonIgnore]
    public bool Compared => Outcome is ReconciliationOutcome.Completed or ReconciliationOutcome.Held;
}
