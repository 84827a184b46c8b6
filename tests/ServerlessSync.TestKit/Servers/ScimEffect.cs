namespace ServerlessSync.TestKit.Servers;

/// <summary>One change of the SCIM server's state, or a write request that changed nothing.</summary>
/// <param name="Time">When it happened, by the server's clock.</param>
/// <param name="Method">The HTTP method of the request.</param>
/// <param name="Path">Its path.</param>
/// <param name="Status">The status it was answered with.</param>
/// <param name="Effect">user-created, user-updated, user-deactivated, user-reactivated, user-deleted, member-added, member-removed, group-created, group-updated, group-deleted or none.</param>
/// <param name="User">The id of the user concerned.</param>
/// <param name="UserName">Its name.</param>
/// <param name="Group">The displayName of the group concerned.</param>
public sealed record ScimEffect(
    DateTimeOffset Time, string Method, string Path, int Status, string Effect, string? User, string? UserName, string? Group);
