namespace ServerlessSync.Mesh.Configuration;

/// <summary>How far the mesh may go on a target.</summary>
public enum TargetStage
{
    /// <summary>Only read.</summary>
    Observe,

    /// <summary>Written to.</summary>
    Enforce,
}

/// <summary>A system that is kept true.</summary>
public sealed record TargetConfiguration
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of connector: scim, postgresql.</summary>
    public required string Connector { get; init; }

    /// <summary>Where it is: a URL, or a reference to one; for postgresql host, port, database and user as <c>postgresql://user@host:port/database</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Reference to the mesh's own credential there.</summary>
    public required SecretReference Credential { get; init; }

    /// <summary>Which identities have an account: attribute name (or <c>kind</c>) to the values of which one must hold.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Scope { get; init; }

    /// <summary>How far the mesh may go.</summary>
    public TargetStage Stage { get; init; }

    /// <summary>The sign-in name there, from the identity's attributes.</summary>
    public required Template UserName { get; init; }

    /// <summary>Attributes written there.</summary>
    public required IReadOnlyList<string> Attributes { get; init; }

    /// <summary>How fast it may be called.</summary>
    public LimitConfiguration Limit { get; init; } = new();

    /// <summary>How a failed attempt is repeated.</summary>
    public RetryConfiguration Retry { get; init; } = new();

    /// <summary>When and how it is compared with the record.</summary>
    public ReconcileConfiguration Reconcile { get; init; } = new();
}
