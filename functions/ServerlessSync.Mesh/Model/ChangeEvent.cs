using System.Collections.Frozen;

namespace ServerlessSync.Mesh.Model;

/// <summary>The canonical event every source's payload is mapped to.</summary>
public sealed record ChangeEvent
{
    /// <summary>The event's id, unique per source; the same event sent twice has the same id.</summary>
    public required string Id { get; init; }

    /// <summary>The source that said it, as named in mesh.yaml.</summary>
    public required string Source { get; init; }

    /// <summary>The subject's immutable key in that source.</summary>
    public required string Subject { get; init; }

    /// <summary>What happened.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary>Which kind of identity the subject is.</summary>
    public IdentityKind IdentityKind { get; init; }

    /// <summary>Ascending per subject and source; an event with a lower or equal one than the last applied is stale. Null when the source gives none.</summary>
    public long? Sequence { get; init; }

    /// <summary>When it happened, by the source's clock.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When it was received, by ours.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The whole record under canonical attribute names; empty for kinds that carry none.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The run or request this look takes everything up again for, also for somebody who has left; null for every other event.</summary>
    public string? Again { get; init; }

    /// <summary>
    /// Targets this look reads before it decides: what is found there corrects what is recorded, and the plan is about these targets alone. Empty
    /// for every other event.
    /// </summary>
    public IReadOnlyList<string> Observe { get; init; } = [];

    /// <summary>Id of the event this one repeats because an operator asked for it, or null. It is not stale beside the very event it repeats.</summary>
    public string? ReplayOf { get; init; }

    /// <summary>Further immutable keys of the subject in other sources.</summary>
    public IReadOnlyList<Anchor> Anchors { get; init; } = [];
}
