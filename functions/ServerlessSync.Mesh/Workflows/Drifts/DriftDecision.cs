using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>What a person may choose to do about a drift.</summary>
public enum DriftChoice
{
    /// <summary>The target is made as recorded.</summary>
    Remediate,

    /// <summary>What the target holds is taken into the record.</summary>
    Accept,

    /// <summary>It stays as it is, and is not shown again while exactly the same is found.</summary>
    Ignore,
}

/// <summary>What a person decides about a drift.</summary>
/// <param name="Target">The target.</param>
/// <param name="IdentityId">The identity; null where none is known.</param>
/// <param name="AccountKey">The account's key where no identity is known; not looked at otherwise.</param>
/// <param name="Opening">The opening the person saw; decided is that one or none.</param>
/// <param name="Choice">What to do.</param>
/// <param name="By">Who decides.</param>
/// <param name="Reason">Why, or null.</param>
public sealed record DriftDecision(string Target, string? IdentityId, string? AccountKey, long Opening, DriftChoice Choice, string By, string? Reason = null);

/// <summary>Whether a decision was taken.</summary>
public enum DriftDecisionOutcome
{
    /// <summary>It was.</summary>
    Taken,

    /// <summary>No drift is recorded there.</summary>
    Unknown,

    /// <summary>That opening is settled, another one is open, or a run is mending it now.</summary>
    Moved,

    /// <summary>Policy does not allow it.</summary>
    Denied,

    /// <summary>It cannot be done about such a drift.</summary>
    NotPossible,
}

/// <summary>What became of a decision.</summary>
/// <param name="Outcome">Whether it was taken.</param>
/// <param name="Reason">Why not, or what follows from it; null where there is nothing to say.</param>
/// <param name="Item">The drift as it stands now; null where there is none.</param>
public sealed record DriftDecisionAnswer(DriftDecisionOutcome Outcome, string? Reason = null, DriftItem? Item = null);
