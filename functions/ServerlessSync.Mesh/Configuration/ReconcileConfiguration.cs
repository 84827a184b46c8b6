using System.Collections.Frozen;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>What is done about a drift.</summary>
public enum DriftAction
{
    /// <summary>It is only shown.</summary>
    Report,

    /// <summary>A person decides.</summary>
    Ask,

    /// <summary>It is mended, as far as the guard lets it.</summary>
    Remediate,
}

/// <summary>When and how a target is compared with the record.</summary>
public sealed record ReconcileConfiguration
{
    /// <summary>When; null for on demand alone.</summary>
    public CronExpression? Schedule { get; init; }

    /// <summary>When what changed since the comparison before is compared, between the complete ones; null for on demand alone.</summary>
    public CronExpression? Changes { get; init; }

    /// <summary>The time zone the schedules are read in.</summary>
    /// <value>UTC</value>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>A scheduled comparison begins up to this much later, as much for the same target on the same day.</summary>
    /// <value>none</value>
    public TimeSpan Jitter { get; init; }

    /// <summary>What is done about each kind; what is not named is as in <see cref="ActionOf"/>.</summary>
    public IReadOnlyDictionary<DriftKind, DriftAction> Actions { get; init; } = FrozenDictionary<DriftKind, DriftAction>.Empty;

    /// <summary>Limits by kind: share of the target's accounts in percent, number, and from how many accounts on the share counts; what is not named has the default of <c>guards</c>.</summary>
    public IReadOnlyDictionary<DriftKind, GuardConfiguration> Guards { get; init; } = FrozenDictionary<DriftKind, GuardConfiguration>.Empty;

    /// <summary>How many items are mended and proven before the others follow.</summary>
    /// <value>5</value>
    public int Canary { get; init; } = 5;

    /// <summary>A read that found less than this share of what the record expects, or of what the last whole read found, ends the comparison; in percent.</summary>
    /// <value>80</value>
    public double LeastRead { get; init; } = 80;

    /// <summary>When drift may be mended; empty for always. What is found outside waits.</summary>
    public IReadOnlyList<MaintenanceWindow> Windows { get; init; } = [];

    /// <summary>When comparisons that read so much begin; null for on demand alone.</summary>
    public CronExpression? ScheduleOf(ReconciliationMode mode) => mode == ReconciliationMode.Changes ? Changes : Schedule;

    /// <summary>What is done about a kind: only what an ordinary plan can mend is mended by itself, and only in an enforced target.</summary>
    public DriftAction ActionOf(DriftKind kind) =>
        Actions.TryGetValue(kind, out var action) ? action : kind.CanBeRemediated() ? DriftAction.Remediate : DriftAction.Ask;

    /// <summary>Whether drift may be mended at that time.</summary>
    public bool IsOpenAt(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, TimeZone);
        return Windows.Count == 0 || Windows.Any(window => window.Holds(local.DayOfWeek, TimeOnly.FromTimeSpan(local.TimeOfDay)));
    }
}

/// <summary>A time of the week in which drift may be mended, in the time zone of the schedule.</summary>
/// <param name="Days">Days of the week it begins on.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends; not after <paramref name="From"/> means the next day.</param>
public sealed record MaintenanceWindow(IReadOnlySet<DayOfWeek> Days, TimeOnly From, TimeOnly To)
{
    const int DaysOfWeek = 7;

    /// <summary>Whether the window is open on that day at that time; one over midnight belongs to the day it begins on.</summary>
    public bool Holds(DayOfWeek day, TimeOnly time)
    {
        var before = (DayOfWeek)(((int)day + DaysOfWeek - 1) % DaysOfWeek);
        return From < To
            ? Days.Contains(day) && time >= From && time < To
            : (Days.Contains(day) && time >= From) || (Days.Contains(before) && time < To);
    }
}
