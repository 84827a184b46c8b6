namespace ServerlessSync.Connectors;

/// <summary>An account as the target holds it.</summary>
/// <param name="Key">The identifier the target issued; stable until a write reports another.</param>
/// <param name="UserName">The name people sign in with.</param>
/// <param name="Active">False when sign-in is disabled.</param>
/// <param name="OwnerMark">Our ownership mark, or null when the account carries none: then it is foreign.</param>
/// <param name="Attributes">Attributes under their SCIM names; an absent attribute is not in the map.</param>
public sealed record TargetAccount(
    string Key,
    string UserName,
    bool Active,
    string? OwnerMark,
    IReadOnlyDictionary<string, string> Attributes);
