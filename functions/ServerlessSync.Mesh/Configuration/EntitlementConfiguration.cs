namespace ServerlessSync.Mesh.Configuration;

/// <summary>What an identity gets when it matches.</summary>
public sealed record EntitlementConfiguration
{
    /// <summary>Its name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Attribute name (or <c>kind</c>) to the values of which one must hold; empty matches every active identity.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> When { get; init; }

    /// <summary>How dangerous it is: low, medium or high.</summary>
    public required string Risk { get; init; }

    /// <summary>Rights by target, each written <c>kind:name</c>.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Grants { get; init; }
}
