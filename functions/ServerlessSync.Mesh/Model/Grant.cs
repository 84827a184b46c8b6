namespace ServerlessSync.Mesh.Model;

/// <summary>A right an account holds, with why.</summary>
/// <param name="Target">The target.</param>
/// <param name="Name">The right, written <c>kind:name</c>.</param>
/// <param name="Entitlement">The entitlement that gives it.</param>
/// <param name="Decision">Id of the decision that allowed it.</param>
/// <param name="RevocationOwner">Who answers when it cannot be revoked.</param>
/// <param name="GrantedAt">When it was given.</param>
/// <param name="ExpiresAt">When it ends by itself; null while the entitlement holds.</param>
public sealed record Grant(
    string Target,
    string Name,
    string Entitlement,
    string Decision,
    string RevocationOwner,
    DateTimeOffset GrantedAt,
    DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Whether giving it or taking it away was begun and not seen to its end: it may or may not be held, and is given or taken anew.</summary>
    public bool InDoubt { get; init; }
}
