using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;

namespace ServerlessSync.Mesh.Authority;

/// <summary>What an event does to what is recorded.</summary>
/// <param name="Record">The identity as it will be.</param>
/// <param name="Said">What the source is recorded to have said; null when the event says nothing.</param>
/// <param name="Class">What the event means; null when nothing follows from it.</param>
/// <param name="IsStale">Whether something newer is recorded already.</param>
/// <param name="Refusal">Why it is not acted on; null when it is.</param>
/// <param name="Doubt">Why its order is in doubt, so that a person must look; null when it is not.</param>
public sealed record RecordChange(
    IdentityRecord Record, SourceRecord? Said, ChangeClass? Class, bool IsStale = false, string? Refusal = null, string? Doubt = null);

/// <summary>Applies an event to an identity's record. Pure.</summary>
public sealed class RecordUpdate(MeshConfiguration configuration)
{
    /// <summary>Says what the event means and what will be recorded.</summary>
    /// <param name="record">The identity as recorded.</param>
    /// <param name="before">What the source said last, or null.</param>
    /// <param name="change">The event.</param>
    public RecordChange Apply(IdentityRecord record, SourceRecord? before, ChangeEvent change)
    {
        if (change.Kind == ChangeKind.Look)
        {
            return new RecordChange(record, null, record.Status switch
            {
                IdentityStatus.Active => ChangeClass.Refresh,
                IdentityStatus.Terminated when change.Again is not null || change.Observe.Count > 0 => ChangeClass.Leaver,
                IdentityStatus.Suspended when change.Again is not null || change.Observe.Count > 0 => ChangeClass.Suspension,
                _ => null,
            });
        }

        if (before is not null && before.EventId != change.ReplayOf && EventOrder.IsStale(before, change))
        {
            return new RecordChange(record, null, null, IsStale: true, Doubt: EventOrder.DoubtOfStale(record.Status, before, change));
        }

        return Record(record, before, change) with { Doubt = EventOrder.DoubtOf(change) };
    }

    RecordChange Record(IdentityRecord record, SourceRecord? before, ChangeEvent change)
    {
        var said = Say(before, change);
        var (status, meaning, lifecycle) = Classify(record.Status, change.Kind);
        var merged = record with { Attributes = AttributeAuthority.Merge(configuration, record, said).Attributes, UpdatedAt = change.ReceivedAt };
        var decides = Lifecycle.Check(configuration, record.Kind, change.Source, lifecycle);
        if (!decides.Allowed)
        {
            // It may offer attributes, and has its say where it owns them; it does not move the identity.
            return record.Status == IdentityStatus.Active && change.Kind == ChangeKind.Changed
                ? new RecordChange(merged, said, ChangeClass.Refresh)
                : new RecordChange(merged, said, null, Refusal: decides.Reason);
        }

        var next = merged with { Status = status };
        return new RecordChange(next, said, meaning);
    }

    static SourceRecord Say(SourceRecord? before, ChangeEvent change) => new(
        change.Source,
        change.Subject,
        EventOrder.SequenceOf(change) ?? before?.Sequence,
        change.Kind,
        change.Kind == ChangeKind.Changed || change.Data.Count > 0 ? change.Data : before?.Data ?? change.Data,
        change.Id,
        EventOrder.MomentOf(change));

    static (IdentityStatus Status, ChangeClass Class, LifecycleEvent Lifecycle) Classify(IdentityStatus status, ChangeKind kind) => (kind, status) switch
    {
        (ChangeKind.Terminated, _) => (IdentityStatus.Terminated, ChangeClass.Leaver, LifecycleEvent.Delete),
        (ChangeKind.Suspended, IdentityStatus.Terminated) => (IdentityStatus.Terminated, ChangeClass.Leaver, LifecycleEvent.Delete),
        (ChangeKind.Suspended, _) => (IdentityStatus.Suspended, ChangeClass.Suspension, LifecycleEvent.Suspend),
        (ChangeKind.Changed, IdentityStatus.Pending) => (IdentityStatus.Active, ChangeClass.Joiner, LifecycleEvent.Create),
        (ChangeKind.Changed, IdentityStatus.Terminated) => (IdentityStatus.Active, ChangeClass.Rehire, LifecycleEvent.Create),
        (ChangeKind.Changed, IdentityStatus.Suspended) => (IdentityStatus.Active, ChangeClass.Rehire, LifecycleEvent.Update),
        (ChangeKind.Changed, IdentityStatus.Active) => (IdentityStatus.Active, ChangeClass.Mover, LifecycleEvent.Update),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of event"),
    };
}
