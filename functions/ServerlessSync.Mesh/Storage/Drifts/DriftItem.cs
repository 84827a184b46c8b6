using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>Where an open drift stands.</summary>
public enum DriftState
{
    /// <summary>Found and confirmed; only reported.</summary>
    Reported,

    /// <summary>A person is asked what to do.</summary>
    Asked,

    /// <summary>Held back: by the guard, a maintenance window, a canary or an open exception.</summary>
    Held,

    /// <summary>On its way to be mended.</summary>
    Queued,

    /// <summary>Mended, accepted or gone by itself.</summary>
    Settled,
}

/// <summary>One difference of a drift.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Subject">The attribute, right or credential it is about; empty for the account itself.</param>
/// <param name="Expected">What the record says; null when nothing.</param>
/// <param name="Found">What the target holds; null when nothing. Never a secret.</param>
/// <param name="FirstSeen">When it was first found.</param>
/// <param name="LastSeen">When it was last found.</param>
public sealed record DriftFinding(DriftKind Kind, string Subject, string? Expected, string? Found, DateTimeOffset FirstSeen, DateTimeOffset LastSeen)
{
    /// <summary>Whether a value is too long to be shown whole: it is shown by its beginning, length and hash, and cannot be accepted.</summary>
    public bool Shortened { get; init; }

    /// <summary>Whether it is about the same as another one, whatever values they have.</summary>
    public bool IsAbout(DriftFinding other) => Kind == other.Kind && Subject == other.Subject;
}

/// <summary>What was found of one identity in one target, or of one account nobody is known for: at most one of them is open at a time.</summary>
public sealed record DriftItem
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>The identity; null where none is known.</summary>
    public string? IdentityId { get; init; }

    /// <summary>The account's key in the target; null where there is none.</summary>
    public string? AccountKey { get; init; }

    /// <summary>How often drift has been opened here; another opening is another message and another decision.</summary>
    public long Opening { get; init; }

    /// <summary>The differences, in order of kind and subject.</summary>
    public required IReadOnlyList<DriftFinding> Findings { get; init; }

    /// <summary>Where it stands.</summary>
    public DriftState State { get; init; }

    /// <summary>Why it stands there, for people; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Who decides, while a person is asked; else null.</summary>
    public string? Owner { get; init; }

    /// <summary>By when they decide, while a person is asked; else null. While they are asked it comes no later, whatever is found.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The reconciliation that last found it.</summary>
    public required string FoundBy { get; init; }

    /// <summary>How often it was queued under this opening; each time is another message and another run.</summary>
    public long Attempt { get; init; }

    /// <summary>When it may be taken up at the earliest, because an attempt before this one could not read the target; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whether a person had it queued: it waits for no maintenance window.</summary>
    public bool ByPerson { get; init; }

    /// <summary>Fingerprint of the findings a person chose to ignore; null when nobody did.</summary>
    public string? Ignored { get; init; }

    /// <summary>How often it was changed; names its entries in the audit.</summary>
    public long Edits { get; init; }

    /// <summary>Number of the comparison by which the guard counts each kind that was let through, over all openings.</summary>
    public IReadOnlyDictionary<DriftKind, long> LetThrough { get; init; } = new Dictionary<DriftKind, long>();

    /// <summary>The run that mends it; null before there is one.</summary>
    public string? MendedBy { get; init; }

    /// <summary>When it was settled; null while it is open.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>The gravest of its findings.</summary>
    public DriftSeverity Severity => Findings.Max(f => f.Kind.Severity());

    /// <summary>Fingerprint of its findings: a decision names the one that was looked at.</summary>
    public string Fingerprint => DriftStore.FingerprintOf(Findings);
}
