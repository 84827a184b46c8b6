namespace ServerlessSync.Connectors;

/// <summary>What a connector says of itself.</summary>
/// <param name="Id">Name of the target it serves, as in mesh.yaml.</param>
/// <param name="Kind">The kind of system, as in <c>connector:</c> of mesh.yaml, for example <c>scim</c>.</param>
/// <param name="OwnershipMark">Where the mark of ownership is kept in the system, in its own words.</param>
/// <param name="OrdersByKey">True when pages come in ordinal order of the account key.</param>
public sealed record ConnectorDescription(string Id, string Kind, string OwnershipMark, bool OrdersByKey)
{
    /// <summary>Attributes the system can hold, under their SCIM names; others are never sent to it.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>Whether sign-in names that differ in case alone are two names there; else they are one, as RFC 7643 has it for userName.</summary>
    /// <value>false</value>
    public bool ExactNames { get; init; }
}
