namespace ServerlessSync.Mesh.Model;

/// <summary>Where a credential stands.</summary>
public enum CredentialStatus
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Retired; an open obligation until it is proven dead.</summary>
    Retired,

    /// <summary>Proven to be refused.</summary>
    ProvenDead,
}

/// <summary>A secret, token, key or certificate an identity holds on a target; known by fingerprint, never by value.</summary>
/// <param name="Target">The target that accepts it.</param>
/// <param name="Id">The target's id of it.</param>
/// <param name="Fingerprint">SHA-256 of what identifies it, never the secret's.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Owner">Who uses it.</param>
/// <param name="RevocationOwner">Who answers when it cannot be revoked.</param>
/// <param name="ExpiresAt">When the target stops accepting it.</param>
public sealed record Credential(
    string Target,
    string Id,
    string Fingerprint,
    CredentialStatus Status,
    string Owner,
    string RevocationOwner,
    DateTimeOffset? ExpiresAt);
