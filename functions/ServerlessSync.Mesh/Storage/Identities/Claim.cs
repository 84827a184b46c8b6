namespace ServerlessSync.Mesh.Storage;

/// <summary>Which values are unique over all identities.</summary>
public enum ClaimKind
{
    /// <summary>An anchor, written <c>source:value</c>.</summary>
    Anchor,

    /// <summary>A sign-in name, compared by <see cref="Model.SignInName.KeyOf"/>.</summary>
    UserName,
}

/// <summary>Who holds a value.</summary>
/// <param name="IdentityId">The identity.</param>
/// <param name="Confirmed">True once the identity's record carries the value.</param>
/// <param name="At">When it was claimed.</param>
public sealed record Claim(string IdentityId, bool Confirmed, DateTimeOffset At);
