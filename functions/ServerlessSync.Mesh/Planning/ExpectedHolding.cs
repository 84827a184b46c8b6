namespace ServerlessSync.Mesh.Planning;

/// <summary>What a target should hold of one identity: what is recorded, changed by the plan that would be made now.</summary>
public sealed record ExpectedHolding
{
    /// <summary>The account's key as recorded; null when the account is still to be made.</summary>
    public required string? Key { get; init; }

    /// <summary>The name it signs in with.</summary>
    public required string UserName { get; init; }

    /// <summary>Whether sign-in is possible.</summary>
    public required bool Active { get; init; }

    /// <summary>Names of the attributes that are managed there.</summary>
    public required IReadOnlyList<string> Managed { get; init; }

    /// <summary>Their values; one that is not named has none.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>The rights it holds.</summary>
    public required IReadOnlySet<string> Rights { get; init; }

    /// <summary>Rights whose time has passed: recorded, and not to be held any more.</summary>
    public required IReadOnlySet<string> Expired { get; init; }
}
