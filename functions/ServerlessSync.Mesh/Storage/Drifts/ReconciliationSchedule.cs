namespace ServerlessSync.Mesh.Storage;

/// <summary>What is remembered of one of a target's schedules.</summary>
/// <param name="Target">The target.</param>
/// <param name="Schedule">The cron expression and its time zone; another one begins anew.</param>
/// <param name="Since">Since when it is watched: nothing was due before.</param>
/// <param name="LastDue">The time of the schedule that was last served; null before the first.</param>
/// <param name="LastStarted">When that was started; null before the first.</param>
/// <param name="LastLate">How long after its time.</param>
/// <param name="Missed">Times of the schedule that passed without a comparison of their own, since it is watched.</param>
public sealed record ReconciliationSchedule(
    string Target,
    string Schedule,
    DateTimeOffset Since,
    DateTimeOffset? LastDue = null,
    DateTimeOffset? LastStarted = null,
    TimeSpan LastLate = default,
    long Missed = 0);
