namespace ServerlessSync.Connectors;

/// <summary>A credential as the target holds it, without anything of the secret.</summary>
/// <param name="AccountKey">The key of the account that has it.</param>
/// <param name="Id">Which of the account's credentials it is; <c>password</c> where a target has one password for each account.</param>
/// <param name="Fingerprint">Another when the credential is another; made of public parts alone, never of the secret. Null where the target has no such part.</param>
/// <param name="ExpiresAt">When it stops working, <see cref="DateTimeOffset.MinValue"/> when it never worked; null when it does not expire.</param>
public sealed record TargetCredential(string AccountKey, string Id, string? Fingerprint, DateTimeOffset? ExpiresAt);
