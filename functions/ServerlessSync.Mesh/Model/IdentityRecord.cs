using System.Collections.Frozen;

namespace ServerlessSync.Mesh.Model;

/// <summary>One identity in the registry.</summary>
public sealed record IdentityRecord
{
    /// <summary>Its id, made from the first anchor it was known by; never changes.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public required IdentityKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required IdentityStatus Status { get; init; }

    /// <summary>Every anchor it is known by.</summary>
    public required IReadOnlyList<Anchor> Anchors { get; init; }

    /// <summary>Accepted and proposed attribute values under their SCIM names.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Attributes { get; init; } = FrozenDictionary<string, AttributeValue>.Empty;

    /// <summary>When it was first recorded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the record last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The accepted value of an attribute, or null.</summary>
    public string? Accepted(string attribute) =>
        Attributes.TryGetValue(attribute, out var value) && value.State == AttributeState.Accepted ? value.Value : null;
}
