namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a person has to settle.</summary>
public enum MatterKind
{
    /// <summary>Two identities that may be one, or one that may be two: never merged by the mesh.</summary>
    Conflict,

    /// <summary>A second account of an identity.</summary>
    Duplicate,

    /// <summary>An account nobody answers for.</summary>
    ShadowAccount,

    /// <summary>Any other drift that a person is asked about.</summary>
    Decision,
}

/// <summary>One thing to settle.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Target">The target; null where it is about none.</param>
/// <param name="IdentityId">The identity; null where none is known.</param>
/// <param name="AccountKey">The account's key; null where it is about none.</param>
/// <param name="About">What was found, for people.</param>
/// <param name="Since">When it was first found.</param>
/// <param name="Owner">Who must settle it; null where nobody is named.</param>
public sealed record OpenMatter(MatterKind Kind, string? Target, string? IdentityId, string? AccountKey, string About, DateTimeOffset Since, string? Owner)
{
    /// <summary>By when; null where nobody is named.</summary>
    public DateTimeOffset? Due { get; init; }
}
