namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>An account as the record wants it on a target.</summary>
/// <param name="Key">The key the target issued.</param>
/// <param name="UserName">The name it should have there.</param>
/// <param name="Active">Whether sign-in should be possible.</param>
/// <param name="OwnerMark">The ownership mark it should carry: the identity's id.</param>
/// <param name="Attributes">The attributes it should have; one that should be absent is not in the map.</param>
public sealed record ExpectedAccount(string Key, string UserName, bool Active, string OwnerMark, IReadOnlyDictionary<string, string> Attributes);
