using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What was seen when target and record were read again.</summary>
/// <param name="State">What became of the suspicion.</param>
/// <param name="Findings">What differs, when confirmed.</param>
/// <param name="AccountKey">The account it is about, or null.</param>
/// <param name="Status">Where the identity stands; null where none is known.</param>
sealed record LookResult(SuspectState State, IReadOnlyList<DriftFinding> Findings, string? AccountKey = null, IdentityStatus? Status = null)
{
    /// <summary>Whose an account of nobody has come to be known as; else null.</summary>
    public string? Holder { get; private init; }

    public static LookResult InFlight { get; } = new(SuspectState.InFlight, []);

    public static LookResult Gone { get; } = new(SuspectState.Gone, []);

    public static LookResult Unreadable { get; } = new(SuspectState.Unreadable, []);

    public static LookResult Refused { get; } = new(SuspectState.Refused, []);

    /// <summary>It is nobody's no more: its holder is to be looked at.</summary>
    public static LookResult KnownAs(string holder) => Gone with { Holder = holder };

    public static LookResult Of(IReadOnlyList<DriftFinding> findings, string? accountKey, IdentityStatus? status) =>
        findings.Count == 0 ? Gone : new LookResult(SuspectState.Confirmed, findings, accountKey, status);
}
