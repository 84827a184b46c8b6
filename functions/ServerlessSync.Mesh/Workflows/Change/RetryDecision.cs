using System.Text;
using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What happens after a failed attempt.</summary>
/// <param name="Again">Whether to try again.</param>
/// <param name="After">After how long.</param>
public readonly record struct RetryDecision(bool Again, TimeSpan After)
{
    /// <summary>A wait a target may ask for; more is taken as this much.</summary>
    static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <summary>
    /// Decides. Pure, and its jitter comes from instance, step and attempt, so a replay decides the same.
    /// </summary>
    /// <param name="failure">Why the attempt failed; null when a read-back did not yet find what was asked.</param>
    /// <param name="retryAfter">How long the target asked us to wait.</param>
    /// <param name="attempt">Number of the attempt that failed, from 1.</param>
    /// <param name="schedule">How attempts are repeated.</param>
    /// <param name="key">Instance and step.</param>
    public static RetryDecision Decide(FailureKind? failure, TimeSpan? retryAfter, int attempt, RetrySchedule schedule, string key)
    {
        var worthwhile = failure switch
        {
            null or FailureKind.Transient or FailureKind.Throttled or FailureKind.Conflict or FailureKind.OutcomeUnknown or FailureKind.Incomplete => true,
            FailureKind.NotFound or FailureKind.Rejected or FailureKind.Unauthorised => false,
            _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "unknown kind of failure"),
        };
        if (!worthwhile || attempt >= schedule.Attempts)
        {
            return new RetryDecision(false, TimeSpan.Zero);
        }

        var wait = Wait(attempt, schedule, key);
        var asked = retryAfter > LongestAsked ? LongestAsked : retryAfter ?? TimeSpan.Zero;
        return new RetryDecision(true, asked > wait ? asked : wait);
    }

    /// <summary>The wait after an attempt: exponential up to the longest, less up to a fifth of jitter.</summary>
    public static TimeSpan Wait(int attempt, RetrySchedule schedule, string key)
    {
        var full = schedule.First.TotalMilliseconds * Math.Pow(schedule.Factor, attempt - 1);
        full = Math.Min(full, schedule.Longest.TotalMilliseconds);
        uint hash = 2166136261;
        foreach (var b in Encoding.UTF8.GetBytes($"{key}:{attempt}"))
        {
            hash = (hash ^ b) * 16777619;
        }

        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(full * (1 - (0.2 * (hash / (double)uint.MaxValue))))));
    }
}
