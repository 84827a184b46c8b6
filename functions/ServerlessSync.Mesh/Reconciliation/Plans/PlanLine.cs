using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a comparison does about one item.</summary>
public enum PlanAction
{
    /// <summary>It is only shown.</summary>
    Report,

    /// <summary>A person decides.</summary>
    Ask,

    /// <summary>It waits: for the guard, a window, the first items or an open exception.</summary>
    Hold,

    /// <summary>It is mended.</summary>
    Mend,

    /// <summary>Nothing: a person chose to leave exactly this as it is.</summary>
    Leave,

    /// <summary>Nothing: it could not be compared.</summary>
    Skip,
}

/// <summary>One item of the plan a comparison has made.</summary>
public sealed record PlanLine
{
    /// <summary>The identity; null where none is known.</summary>
    public string? IdentityId { get; init; }

    /// <summary>The account's key in the target; null where there is none.</summary>
    public string? AccountKey { get; init; }

    /// <summary>What differs, in order of kind and subject; empty where it could not be compared.</summary>
    public IReadOnlyList<DriftFinding> Findings { get; init; } = [];

    /// <summary>What is done about it.</summary>
    public required PlanAction Action { get; init; }

    /// <summary>Why, for people; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>What came of it: where its drift stands now. Null while no drift was opened for it, as in a dry run.</summary>
    public DriftState? State { get; init; }

    /// <summary>Why it stands there, for people; null where there is nothing to say.</summary>
    public string? StateReason { get; init; }
}
