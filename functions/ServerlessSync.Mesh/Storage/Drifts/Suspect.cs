
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>What became of a suspicion.</summary>
public enum SuspectState
{
    /// <summary>Not looked at yet.</summary>
    Open,

    /// <summary>A run is at work for the identity: what is seen now says nothing.</summary>
    InFlight,

    /// <summary>A row of the identity is damaged.</summary>
    Unreadable,

    /// <summary>Read again, target and record agree.</summary>
    Gone,

    /// <summary>Read again, they differ.</summary>
    Confirmed,

    /// <summary>The target would not show the account when it was read again.</summary>
    Refused,
}

/// <summary>
/// An identity, or an account nobody is known for, that a comparison found different. It only says where to look: what differs is read again.
/// </summary>
public sealed record Suspect
{
    /// <summary>ETag of its row as it was read; null for one that was not.</summary>
    internal string? ETag { get; init; }

    /// <summary>The identity; null where none is known.</summary>
    public string? IdentityId { get; init; }

    /// <summary>Keys of accounts concerned; of exactly one where no identity is known.</summary>
    public IReadOnlyList<string> AccountKeys { get; init; } = [];

    /// <summary>Credentials that the target listed and the record does not expect.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = [];

    /// <summary>What became of it.</summary>
    public SuspectState State { get; init; }

    /// <summary>The account it is about, as read again; null where there is none.</summary>
    public string? AccountKey { get; init; }

    /// <summary>What differs, once confirmed, in order of kind and subject.</summary>
    public IReadOnlyList<DriftFinding> Findings { get; init; } = [];

    /// <summary>Where policy puts it, before guard, window and the items mended first.</summary>
    public DriftState Decided { get; init; }

    /// <summary>Why it is put there; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Number of the comparison that let each kind of its drift through before, as its item has it.</summary>
    public IReadOnlyDictionary<DriftKind, long> LetThrough { get; init; } = new Dictionary<DriftKind, long>();

    /// <summary>Whether it was to be mended before, under this opening, and was not: others are mended first.</summary>
    public bool Failed { get; init; }

    /// <summary>Where it stands as a drift item; null before it was opened.</summary>
    public DriftState? Placed { get; init; }

    /// <summary>Number of the item's opening; 0 before it was opened.</summary>
    public long Opening { get; init; }

    /// <summary>Whether it waits for the items that are mended first.</summary>
    public bool Follows { get; init; }
}
