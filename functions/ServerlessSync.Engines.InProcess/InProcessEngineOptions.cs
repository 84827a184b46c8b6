namespace ServerlessSync.Engines.InProcess;

/// <summary>Settings of the local engine.</summary>
public sealed record InProcessEngineOptions
{
    /// <summary>Who owns the history while the engine runs.</summary>
    public required HistoryOwner Owner { get; init; }

    /// <summary>Activities that run at the same time.</summary>
    /// <value>64</value>
    public int MaxConcurrentActivities { get; init; } = 64;

    /// <summary>Runs kept in memory; one that only waits is dropped beyond this, longest idle first, and rebuilt from history when needed.</summary>
    /// <value>10,000</value>
    public int MaxLoadedRuns { get; init; } = 10_000;

    /// <summary>Runs that have not ended; beyond this no start is accepted. Child runs count but are not refused.</summary>
    /// <value>100,000</value>
    public int MaxUnfinishedRuns { get; init; } = 100_000;

    /// <summary>How long the history's lease holds without renewal; renewed every third of it.</summary>
    /// <value>15 seconds</value>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stop waits for running activities before it cancels them, and then once more for their end.</summary>
    /// <value>10 seconds</value>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait before a run is loaded again after the store failed; doubled at each failure up to 64 times this.</summary>
    /// <value>250 milliseconds</value>
    public TimeSpan StoreRetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs taken up from the store at the same time after a start.</summary>
    /// <value>64</value>
    public int MaxRunsTakenUpAtOnce { get; init; } = 64;

    /// <summary>Events that wait for one run; beyond this none is accepted from outside. A generation could not take in more.</summary>
    /// <value>1,000</value>
    public int MaxWaitingEvents { get; init; } = WorkflowLimits.HistoryEvents;

    /// <summary>Rebuilds a run from its history at each turn. Slow; shows non-determinism early.</summary>
    /// <value>false</value>
    public bool ReplayEveryTurn { get; init; }

    /// <summary>Every setting that is out of range; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        AtLeastOne(errors, nameof(MaxConcurrentActivities), MaxConcurrentActivities);
        AtLeastOne(errors, nameof(MaxLoadedRuns), MaxLoadedRuns);
        AtLeastOne(errors, nameof(MaxUnfinishedRuns), MaxUnfinishedRuns);
        AtLeastOne(errors, nameof(MaxRunsTakenUpAtOnce), MaxRunsTakenUpAtOnce);
        AtLeastOne(errors, nameof(MaxWaitingEvents), MaxWaitingEvents);
        Positive(errors, nameof(LeaseTime), LeaseTime);
        Positive(errors, nameof(StoreRetryDelay), StoreRetryDelay);
        if (StopTimeout < TimeSpan.Zero)
        {
            errors.Add($"{nameof(StopTimeout)} must not be negative.");
        }

        return errors;
    }

    static void AtLeastOne(List<string> errors, string name, int value)
    {
        if (value < 1)
        {
            errors.Add($"{name} must be at least 1.");
        }
    }

    static void Positive(List<string> errors, string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
        {
            errors.Add($"{name} must be positive.");
        }
    }
}
