using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What a run read of a target before it planned.</summary>
sealed record Observation(string Target)
{
    /// <summary>The account of the identity; null when there is none.</summary>
    public TargetAccount? Account { get; init; }

    /// <summary>Rights it holds.</summary>
    public IReadOnlyList<string> Rights { get; init; } = [];

    /// <summary>Sessions that are open.</summary>
    public int Sessions { get; init; }

    /// <summary>Why the target is not touched; null when it may be.</summary>
    public string? Untouched { get; init; }

    /// <summary>Why it could not be read; null when it was.</summary>
    public ConnectorException? Failure { get; init; }

    /// <summary>Whether it may be planned for.</summary>
    public bool IsRead => Failure is null && Untouched is null;

    /// <summary>Whether somebody who has left could still act there.</summary>
    public bool IsAlive => Account is { Active: true } || Rights.Count > 0 || Sessions > 0;
}

/// <summary>What is kept of an observation beside the plan.</summary>
/// <param name="Target">The target.</param>
sealed record Observed(string Target)
{
    /// <summary>Why it could not be read; null when it was.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>What the target said then.</summary>
    public string? Message { get; init; }

    /// <summary>How long it asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why it is not touched; null when it may be.</summary>
    public string? Untouched { get; init; }

    /// <summary>What stays different because the plan may not, or cannot, mend it; null when nothing does.</summary>
    public string? Unmet { get; init; }

    /// <summary>Rights that are wanted there and not given by this plan: they are given together with others elsewhere, and that has failed before.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    public static Observed Of(Observation seen, string? unmet) => new(seen.Target)
    {
        Failure = seen.Failure?.Kind,
        Message = seen.Failure?.Message,
        RetryAfter = seen.Failure?.RetryAfter,
        Untouched = seen.Untouched,
        Unmet = unmet,
    };
}
