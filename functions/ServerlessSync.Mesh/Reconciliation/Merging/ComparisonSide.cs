namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>The two sides of a comparison.</summary>
public enum ComparisonSide
{
    /// <summary>What the record wants.</summary>
    Record,

    /// <summary>What the target holds.</summary>
    Target,
}
