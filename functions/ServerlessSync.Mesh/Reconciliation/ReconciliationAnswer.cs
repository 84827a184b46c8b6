namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What became of a request to compare, or to apply a plan.</summary>
public enum ReconciliationDecision
{
    /// <summary>It is or will be started; also when it was asked for before under the same instance id.</summary>
    Started,

    /// <summary>Another comparison of the target is under way.</summary>
    UnderWay,

    /// <summary>There is no such target.</summary>
    UnknownTarget,

    /// <summary>The target's newest comparison made another plan, or none: nothing is applied but what was looked at.</summary>
    OtherPlan,

    /// <summary>It cannot be done here; the reason says why.</summary>
    Refused,
}

/// <summary>The answer to such a request.</summary>
/// <param name="Decision">What became of it.</param>
/// <param name="Run">Instance id of the comparison that was started, or that is under way.</param>
/// <param name="Reason">Why not, for people; holds no secret.</param>
public sealed record ReconciliationAnswer(ReconciliationDecision Decision, string? Run = null, string? Reason = null);
