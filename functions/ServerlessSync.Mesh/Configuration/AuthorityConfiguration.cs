namespace ServerlessSync.Mesh.Configuration;

/// <summary>Which source decides about one kind of identity.</summary>
/// <param name="Lifecycle">Source by lifecycle event: create, update, suspend, delete; all four present.</param>
/// <param name="Attributes">Source by attribute name; an attribute not named belongs to the source of <c>update</c>.</param>
public sealed record AuthorityConfiguration(
    IReadOnlyDictionary<string, string> Lifecycle,
    IReadOnlyDictionary<string, string> Attributes);
