using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Workflows.Change;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Input of the workflow of one part.</summary>
/// <param name="Call">The next call.</param>
/// <param name="Retry">How a call that failed at the target is repeated.</param>
/// <param name="Attempt">Number of the next attempt at it, from 1.</param>
public sealed record PartInput(PartCall Call, RetrySchedule Retry, int Attempt = 1);

/// <summary>One call of a part.</summary>
/// <param name="Target">The target.</param>
/// <param name="Run">The comparison's instance id.</param>
/// <param name="Part">Name of the part.</param>
/// <param name="Number">Number of the call within its part, from 0; the same call again does the same work again.</param>
/// <param name="Cursor">Where the part goes on; null at its beginning.</param>
public sealed record PartCall(string Target, string Run, string Part, long Number, string? Cursor)
{
    /// <summary>Whether a target that fails once more ends the comparison.</summary>
    public bool LastAttempt { get; init; }
}

/// <summary>What a call of a part came to.</summary>
sealed record PartAnswer
{
    /// <summary>The part is through.</summary>
    public static PartAnswer Done { get; } = new();

    /// <summary>Where the part goes on, also behind what was done before a failure; null when it is through, or where it was.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether the part begins anew: what it has written so far does not count.</summary>
    public bool Anew { get; init; }

    /// <summary>How long to wait before it goes on.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Why the comparison is given up; null when it is not.</summary>
    public string? Abandoned { get; init; }

    /// <summary>How the target failed; null when it did not. The call may be repeated, from its cursor where it has one.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>What the target said of it.</summary>
    public string? Message { get; init; }

    /// <summary>How long the target asked us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The part goes on.</summary>
    public static PartAnswer GoOn(string cursor, TimeSpan wait = default) => new() { Cursor = cursor, Wait = wait };

    /// <summary>The part begins anew with that cursor.</summary>
    public static PartAnswer BeginAnew(string cursor, TimeSpan wait) => new() { Cursor = cursor, Wait = wait, Anew = true };

    /// <summary>The same call comes again later.</summary>
    public static PartAnswer Later(TimeSpan wait) => new() { Wait = wait };

    /// <summary>The comparison is given up.</summary>
    public static PartAnswer GiveUp(string reason) => new() { Abandoned = Words.Short(reason) };

    /// <summary>The target failed.</summary>
    public static PartAnswer Failed(ConnectorException failure) =>
        new() { Failure = failure.Kind, Message = Words.Short(failure.Message), RetryAfter = failure.RetryAfter };
}
