using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>An identity with the objects that belong to it.</summary>
/// <param name="Record">The identity.</param>
/// <param name="Accounts">Its accounts by target.</param>
/// <param name="Grants">Its grants, by target and name in ordinal order.</param>
/// <param name="Credentials">Its credentials.</param>
public sealed record IdentityView(
    IdentityRecord Record,
    IReadOnlyDictionary<string, Account> Accounts,
    IReadOnlyList<Grant> Grants,
    IReadOnlyList<Credential> Credentials);
