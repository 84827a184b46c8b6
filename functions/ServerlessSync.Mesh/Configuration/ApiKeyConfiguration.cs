namespace ServerlessSync.Mesh.Configuration;

/// <summary>A key of the API.</summary>
/// <param name="Name">Who it belongs to; stands in the audit.</param>
/// <param name="Key">Reference to the key.</param>
/// <param name="Roles">What it may do: viewer, operator, approver.</param>
public sealed record ApiKeyConfiguration(string Name, SecretReference Key, IReadOnlyList<string> Roles);
