using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Authority;

/// <summary>
/// Says which of two things a source said is the newer. Pure. Between equals the termination counts, in whichever order they come; and
/// neither a sequence beyond reason nor a moment yet to come makes what comes after it stale.
/// </summary>
static class EventOrder
{
    /// <summary>Clocks and time stamps of any unit stay below; what lies above would leave no room for anything newer.</summary>
    public const long LastSequence = 1L << 62;

    /// <summary>The sequence that counts, or null.</summary>
    public static long? SequenceOf(ChangeEvent change) => change.Sequence > LastSequence ? null : change.Sequence;

    /// <summary>When it happened: what is told happened by the time we hear of it, whatever its source's clock or calendar says.</summary>
    public static DateTimeOffset MomentOf(ChangeEvent change) => change.OccurredAt < change.ReceivedAt ? change.OccurredAt : change.ReceivedAt;

    /// <summary>Whether something newer is recorded already.</summary>
    public static bool IsStale(SourceRecord before, ChangeEvent change)
    {
        if (SequenceOf(change) is { } sequence && before.Sequence is { } last)
        {
            // An operator's repetition is never older than what it repeats, by whatever name that was recorded.
            return IsStale(before, change.Kind, sequence) && !(sequence == last && change.ReplayOf is not null && !YieldsToTermination(before, change.Kind));
        }

        return before.EventId == change.Id
            || MomentOf(change) < before.OccurredAt
            || (MomentOf(change) == before.OccurredAt && YieldsToTermination(before, change.Kind));
    }

    /// <summary>Whether something newer is recorded than an event of that kind and sequence.</summary>
    public static bool IsStale(SourceRecord before, ChangeKind kind, long sequence) =>
        sequence < before.Sequence
        || (sequence == before.Sequence && (kind != ChangeKind.Terminated || before.Kind == ChangeKind.Terminated));

    /// <summary>Why the order of an event that counts is in doubt, or null.</summary>
    public static string? DoubtOf(ChangeEvent change) => change.Sequence > LastSequence
        ? $"{change.Source} gave event '{change.Id}' the sequence {change.Sequence}, which leaves no room for a newer one: the time it happened counts instead"
        : null;

    /// <summary>Why it is in doubt that an event is stale, or null: it would end somebody, and is the later one by its time.</summary>
    public static string? DoubtOfStale(IdentityStatus status, SourceRecord before, ChangeEvent change)
    {
        var open = change.Kind == ChangeKind.Suspended ? status == IdentityStatus.Active : status != IdentityStatus.Terminated;
        var ties = change.Kind == ChangeKind.Suspended && change.Sequence == before.Sequence && before.Kind == ChangeKind.Changed;
        return Ends(change.Kind) && open && (change.OccurredAt > before.OccurredAt || ties)
            ? $"{change.Source} ends '{change.Subject}' by event '{change.Id}' with sequence {change.Sequence}, which is not above the recorded {before.Sequence} "
                + "but later in time: it was not acted on, and the person keeps access. Replayed, it counts as said now"
            : null;
    }

    static bool Ends(ChangeKind kind) => kind is ChangeKind.Terminated or ChangeKind.Suspended;

    static bool YieldsToTermination(SourceRecord before, ChangeKind kind) => before.Kind == ChangeKind.Terminated && kind != ChangeKind.Terminated;
}
