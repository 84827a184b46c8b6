namespace ServerlessSync.Mesh.Model;

/// <summary>State of an account as the mesh last proved it.</summary>
public enum AccountStatus
{
    /// <summary>Sign-in is possible.</summary>
    Active,

    /// <summary>Sign-in is disabled.</summary>
    Disabled,

    /// <summary>The account is gone.</summary>
    Deleted,
}

/// <summary>An account of an identity on a target.</summary>
/// <param name="Target">The target, as named in mesh.yaml.</param>
/// <param name="Key">The identifier the target issued.</param>
/// <param name="UserName">The name it signs in with there.</param>
/// <param name="Status">Its state as last proved.</param>
/// <param name="Attributes">The attributes the mesh last wrote.</param>
/// <param name="RevocationOwner">Who answers when it cannot be revoked.</param>
/// <param name="CreatedAt">When the mesh created it.</param>
public sealed record Account(
    string Target,
    string Key,
    string UserName,
    AccountStatus Status,
    IReadOnlyDictionary<string, string> Attributes,
    string RevocationOwner,
    DateTimeOffset CreatedAt)
{
    /// <summary>Whether ending sign-in, or taking the account back, was begun and not seen to its end: the state is planned anew, whatever is recorded.</summary>
    public bool InDoubt { get; init; }
}
