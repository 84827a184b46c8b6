using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A comparison that is due now.</summary>
/// <param name="Target">The target.</param>
/// <param name="Due">The time of the schedule it is for.</param>
/// <param name="Late">How long after that time, and its jitter, it is.</param>
/// <param name="Missed">Earlier times of the schedule that passed unserved; it stands for them too.</param>
public sealed record ScheduledStart(string Target, DateTimeOffset Due, TimeSpan Late, long Missed)
{
    /// <summary>Which of the target's schedules it is due by.</summary>
    public ReconciliationMode Of { get; init; }

    /// <summary>Why everything is read in place of what changed, for people; null where what is due is done.</summary>
    public string? InPlace { get; init; }

    /// <summary>How much is read.</summary>
    public ReconciliationMode Mode => InPlace is null ? Of : ReconciliationMode.Complete;

    /// <summary>What is later than this was missed, and said to be.</summary>
    public static TimeSpan Punctual { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether it was not started when it should have been.</summary>
    public bool WasMissed => Missed > 0 || Late > Punctual;

    /// <summary>Whether it is no time of the schedule but the hour of a maintenance window that drift waits for.</summary>
    public bool ForWindow { get; init; }

    /// <summary>Instance id of its workflow: the same time of the schedule is one comparison, whichever host starts it and however often.</summary>
    public string Run => string.Create(
        CultureInfo.InvariantCulture,
        $"{ReconciliationRequest.RunPrefix}{Target}-{(ForWindow ? "window-" : "")}{Due.UtcDateTime:yyyyMMdd'T'HHmm}Z{(Of == ReconciliationMode.Changes ? "-changes" : "")}");

    /// <summary>How late it is, and what it is for or stands for, for people; null when there is nothing to say.</summary>
    public string? Note => Lateness is null && InPlace is null
        ? null
        : string.Join("; ", new[] { Lateness, InPlace is null ? null : $"in place of changes: {InPlace}" }.OfType<string>());

    string? Lateness => (WasMissed, Missed) switch
    {
        _ when ForWindow => "drift waits for a maintenance window, and one is open",
        (false, _) => null,
        (_, 0) => string.Create(CultureInfo.InvariantCulture, $"missed: due {Due.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Late:d\\.hh\\:mm} late"),
        _ => string.Create(CultureInfo.InvariantCulture, $"missed: due {Due.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Late:d\\.hh\\:mm} late, and {Missed} times before it"),
    };
}
