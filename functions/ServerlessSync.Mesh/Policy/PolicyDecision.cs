namespace ServerlessSync.Mesh.Policy;

/// <summary>What was decided, by which version, from which inputs: enough to decide it again.</summary>
public sealed record PolicyDecision
{
    /// <summary>Its id: the same for the same request under the same policy version.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the effect may be.</summary>
    public required bool Allow { get; init; }

    /// <summary>The rule that decided.</summary>
    public required string Rule { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Version of the policy.</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>What was asked.</summary>
    public required PolicyRequest Request { get; init; }
}
