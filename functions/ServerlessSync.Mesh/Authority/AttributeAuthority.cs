using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Authority;

/// <summary>What one attribute was and is.</summary>
/// <param name="Name">The attribute.</param>
/// <param name="Before">What it was; null when it had no value.</param>
/// <param name="After">What it is; null when it has none any more.</param>
public sealed record AttributeChange(string Name, AttributeValue? Before, AttributeValue? After);

/// <summary>The attributes of an identity after a source has spoken.</summary>
/// <param name="Attributes">All of them.</param>
/// <param name="Changes">Those whose value, source or state changed, in ordinal order.</param>
public sealed record AttributeMerge(IReadOnlyDictionary<string, AttributeValue> Attributes, IReadOnlyList<AttributeChange> Changes);

/// <summary>
/// Decides which source's value counts. The source that mesh.yaml names for an attribute, or else the source of <c>update</c>, owns it: its value is
/// accepted and its silence removes the value. Any other source's value is proposed, has no effect and never stands in an accepted value's place.
/// </summary>
public static class AttributeAuthority
{
    /// <summary>Merges a source's whole record into an identity. A record that says something else than <see cref="ChangeKind.Changed"/> changes no attribute.</summary>
    public static AttributeMerge Merge(MeshConfiguration configuration, IdentityRecord? identity, SourceRecord record)
    {
        var before = identity?.Attributes ?? new Dictionary<string, AttributeValue>();
        if (record.Kind != ChangeKind.Changed)
        {
            return new AttributeMerge(before, []);
        }

        var kind = identity?.Kind ?? configuration.Sources.GetValueOrDefault(record.Source)?.Identity ?? IdentityKind.Person;
        var authority = configuration.Authority.GetValueOrDefault(kind);
        var attributes = new SortedDictionary<string, AttributeValue>(before.ToDictionary(), StringComparer.Ordinal);
        var changes = new List<AttributeChange>();
        foreach (var name in before.Keys.Union(record.Data.Keys).Order(StringComparer.Ordinal))
        {
            var was = before.GetValueOrDefault(name);
            var now = Owner(authority, name) == record.Source ? Own(was, record, name) : Propose(was, record, name);
            if (now is null)
            {
                attributes.Remove(name);
            }
            else
            {
                attributes[name] = now;
            }

            if (now != was)
            {
                changes.Add(new AttributeChange(name, was, now));
            }
        }

        return new AttributeMerge(attributes, changes);
    }

    /// <summary>
    /// Offers what a target holds for an attribute. It is accepted unless mesh.yaml names a source for the attribute: then it is proposed, and not even
    /// that beside an accepted value. The source of <c>update</c> says what it has to say with its next record.
    /// </summary>
    /// <returns>The attributes after it, and the source that is named for this one; null when it was accepted.</returns>
    internal static (IReadOnlyDictionary<string, AttributeValue> Attributes, string? Owner) Offer(
        MeshConfiguration configuration, IdentityRecord identity, string name, AttributeValue offered)
    {
        var owner = configuration.Authority.GetValueOrDefault(identity.Kind)?.Attributes.GetValueOrDefault(name);
        owner = owner == offered.Source ? null : owner;
        var was = identity.Attributes.GetValueOrDefault(name);
        if (owner is not null && was is { State: AttributeState.Accepted })
        {
            return (identity.Attributes, owner);
        }

        var next = Keep(was, owner is null ? offered : offered with { State = AttributeState.Proposed });
        return (new SortedDictionary<string, AttributeValue>(identity.Attributes.ToDictionary(), StringComparer.Ordinal) { [name] = next }, owner);
    }

    /// <summary>The source that owns an attribute of a kind of identity; null when nobody does.</summary>
    public static string? OwnerOf(MeshConfiguration configuration, IdentityKind kind, string attribute) =>
        Owner(configuration.Authority.GetValueOrDefault(kind), attribute);

    static string? Owner(AuthorityConfiguration? authority, string attribute) =>
        authority?.Attributes.GetValueOrDefault(attribute) ?? authority?.Lifecycle.GetValueOrDefault("update");

    static AttributeValue? Own(AttributeValue? was, SourceRecord record, string name)
    {
        if (Given(record, name) is not { } value)
        {
            // Somebody else's proposal is not the owner's to take back; an accepted value nobody vouches for any more is.
            return was is { State: AttributeState.Proposed } && was.Source != record.Source ? was : null;
        }

        return Keep(was, new AttributeValue(value, record.Source, record.OccurredAt));
    }

    static AttributeValue? Propose(AttributeValue? was, SourceRecord record, string name)
    {
        if (was is { State: AttributeState.Accepted })
        {
            return was;
        }

        if (Given(record, name) is not { } value)
        {
            return was?.Source == record.Source ? null : was;
        }

        return Keep(was, new AttributeValue(value, record.Source, record.OccurredAt, AttributeState.Proposed));
    }

    // The same word said again is no change, so its first time stays.
    static AttributeValue Keep(AttributeValue? was, AttributeValue now) => was is not null && was with { At = now.At } == now ? was : now;

    static string? Given(SourceRecord record, string name) => record.Data.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
