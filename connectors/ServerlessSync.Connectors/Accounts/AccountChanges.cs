namespace ServerlessSync.Connectors;

/// <summary>An account to be made.</summary>
/// <param name="OwnerMark">The mark to write in the same call as the create; the identity's id.</param>
/// <param name="UserName">The name people sign in with.</param>
/// <param name="Attributes">Attributes under their SCIM names; <c>manager</c> is the manager's account key on this target.</param>
public sealed record AccountCreation(string OwnerMark, string UserName, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A change of attributes: only what is named changes.</summary>
/// <param name="Key">The account's key.</param>
/// <param name="OwnerMark">The mark the account must carry; without it the write is refused.</param>
/// <param name="Attributes">New values under their SCIM names; null clears the attribute.</param>
public sealed record AccountDelta(string Key, string OwnerMark, IReadOnlyDictionary<string, string?> Attributes);

/// <summary>Which account is meant in a write that carries no attributes.</summary>
/// <param name="Key">The account's key.</param>
/// <param name="OwnerMark">The mark the account must carry; without it the write is refused.</param>
public sealed record AccountReference(string Key, string OwnerMark);
