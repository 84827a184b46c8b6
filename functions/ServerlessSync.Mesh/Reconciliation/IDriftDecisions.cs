namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a person wants done about a drift.</summary>
public enum DriftDecision
{
    /// <summary>The target is mended.</summary>
    Remediate,

    /// <summary>What the target holds is taken into the record, as far as policy lets it.</summary>
    Accept,

    /// <summary>Nothing: it is settled as it is, and not opened again while exactly the same is found.</summary>
    Ignore,
}

/// <summary>A person's decision about one open drift.</summary>
/// <param name="Target">The target.</param>
/// <param name="IdentityId">The identity; null where none is known.</param>
/// <param name="AccountKey">The account's key, where no identity is known.</param>
/// <param name="Opening">The opening that was looked at; another one is another decision.</param>
/// <param name="Decision">What is wanted.</param>
/// <param name="DecidedBy">Name of the operator.</param>
/// <param name="Reason">Why; null where none was given.</param>
/// <param name="Findings">
/// Fingerprint of the findings that were looked at: others are another decision. Whoever accepts or ignores must name it; null otherwise means any.
/// </param>
public sealed record DriftDecisionRequest(
    string Target, string? IdentityId, string? AccountKey, long Opening, DriftDecision Decision, string DecidedBy, string? Reason = null,
    string? Findings = null);

/// <summary>What became of a decision.</summary>
public enum DriftDecisionOutcome
{
    /// <summary>It is recorded and will be carried out.</summary>
    Taken,

    /// <summary>There is no such drift.</summary>
    Unknown,

    /// <summary>It was settled, opened anew or found to differ otherwise since it was looked at, or a run is mending it now.</summary>
    Changed,

    /// <summary>It cannot be done; the reason says why: no plan can mend it, or policy denies it, for example.</summary>
    Refused,
}

/// <summary>The answer to a decision.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why not, or what follows from it, for people; null where there is nothing to say.</param>
public sealed record DriftDecisionAnswer(DriftDecisionOutcome Outcome, string? Reason = null);

/// <summary>Carries out what people decide about drift.</summary>
public interface IDriftDecisions
{
    /// <summary>Records the decision durably, with who made it, before it answers; asking again for the same changes nothing.</summary>
    /// <exception cref="Storage.StoreException">It cannot be recorded now.</exception>
    Task<DriftDecisionAnswer> DecideAsync(DriftDecisionRequest request, CancellationToken cancellationToken);
}
