using System.Text.Json.Serialization;

namespace ServerlessSync.Mesh.Planning;

/// <summary>One effect on one target.</summary>
public sealed record PlanStep
{
    /// <summary>Its place in the plan, from 0; with the run it makes the idempotency key.</summary>
    public required int Number { get; init; }

    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>What it does.</summary>
    public required StepOperation Operation { get; init; }

    /// <summary>The right, for <see cref="StepOperation.Grant"/> and <see cref="StepOperation.Revoke"/>.</summary>
    public string? Right { get; init; }

    /// <summary>The entitlement that gives the right.</summary>
    public string? Entitlement { get; init; }

    /// <summary>Steps with the same group stand or are undone together.</summary>
    public required string Group { get; init; }

    /// <summary>Attributes to write; null clears one.</summary>
    public IReadOnlyDictionary<string, string?>? Attributes { get; init; }

    /// <summary>The sign-in name on the target, for <see cref="StepOperation.Create"/>.</summary>
    public string? UserName { get; init; }

    /// <summary>Id of the decision that allows it.</summary>
    public required string Decision { get; init; }

    /// <summary>The rule that decided so.</summary>
    public required string Rule { get; init; }

    /// <summary>Why that rule decides so, for people.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Stable name: target, operation and right.</summary>
    [JsonIgnore]
    public string Name => Right is null ? $"{Target}/{Operation.Word()}" : $"{Target}/{Operation.Word()}/{Right}";

    /// <summary>How it is undone.</summary>
    [JsonIgnore]
    public string Compensation => Operation.Compensation();
}
