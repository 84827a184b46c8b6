namespace ServerlessSync.Connectors;

/// <summary>A right as the target holds it.</summary>
/// <param name="AccountKey">The key of the account that holds it.</param>
/// <param name="Name">The right, as <c>kind:name</c>.</param>
public sealed record TargetGrant(string AccountKey, string Name);
