namespace ServerlessSync.Mesh.Policy;

/// <summary>An effect somebody wants.</summary>
public sealed record PolicyRequest
{
    /// <summary>The operation's word: create, grant, disable, ...</summary>
    public required string Operation { get; init; }

    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>The entitlement that asks for it; null when none does.</summary>
    public string? Entitlement { get; init; }

    /// <summary>The entitlement's risk.</summary>
    public string? Risk { get; init; }

    /// <summary>The attribute whose value is to be accepted into the record; null for every other operation.</summary>
    public string? Attribute { get; init; }

    /// <summary>The identity it is for.</summary>
    public required string IdentityId { get; init; }

    /// <summary>The identity's kind and attributes as they count now.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }
}
