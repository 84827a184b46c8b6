using ServerlessSync.Mesh.Planning;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What the workflow needs to know of a plan: sequence only.</summary>
public sealed record PlanOutline
{
    /// <summary>What the event means; null when there is nothing to do.</summary>
    public ChangeClass? Class { get; init; }

    /// <summary>The steps.</summary>
    public IReadOnlyList<StepOutline> Steps { get; init; } = [];

    /// <summary>How attempts are repeated, by target.</summary>
    public IReadOnlyDictionary<string, RetrySchedule> Retries { get; init; } = new Dictionary<string, RetrySchedule>();

    /// <summary>Whether a termination was queued behind the run before it began: told of it then was the run before.</summary>
    public bool Superseded { get; init; }

    /// <summary>Until when an effect of an older run can still come about.</summary>
    public DateTimeOffset QuietFrom { get; init; }

    /// <summary>When revocations that are still open become somebody's exception.</summary>
    public DateTimeOffset Deadline { get; init; }
}

/// <summary>A step as the workflow sees it.</summary>
/// <param name="Number">Its place in the plan.</param>
/// <param name="Target">The target.</param>
/// <param name="Phase">Steps of a lower phase on the same target have ended before it begins.</param>
/// <param name="Group">Steps of one group stand or are undone together.</param>
/// <param name="TakesAway">Whether it rolls forward.</param>
/// <param name="Proves">Whether it is the last read, which waits until no older effect can come about.</param>
public sealed record StepOutline(int Number, string Target, int Phase, string Group, bool TakesAway, bool Proves)
{
    /// <summary>Whether it makes or enables the account, so that what is given after it on the same target needs it.</summary>
    public bool Opens { get; init; }
}

/// <summary>How attempts are repeated, as it was configured when the run began.</summary>
public sealed record RetrySchedule(int Attempts, TimeSpan First, double Factor, TimeSpan Longest);
