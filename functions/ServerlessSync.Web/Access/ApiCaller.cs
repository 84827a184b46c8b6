namespace ServerlessSync.Web.Access;

/// <summary>Who calls the API.</summary>
/// <param name="Name">Name of the key; stands in the audit.</param>
/// <param name="Roles">What the key may do.</param>
public sealed record ApiCaller(string Name, IReadOnlySet<string> Roles);
