using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>When a target's comparisons are due. Nothing here looks at a clock or a store.</summary>
public static class ReconcileTimes
{
    /// <summary>What names a schedule: the same text comes at the same times.</summary>
    public static string NameOf(ReconcileConfiguration reconcile, ReconciliationMode mode) => $"{reconcile.ScheduleOf(mode)} {reconcile.TimeZone.Id}";

    /// <summary>How much later than the schedule says a comparison begins: the same for the same target on the same day, and spread over targets and days.</summary>
    /// <param name="target">The target.</param>
    /// <param name="due">The time of the schedule.</param>
    /// <param name="reconcile">Its zone and its largest jitter.</param>
    /// <returns>From none to the largest jitter, in whole seconds.</returns>
    public static TimeSpan JitterOf(string target, DateTimeOffset due, ReconcileConfiguration reconcile)
    {
        var day = TimeZoneInfo.ConvertTime(due, reconcile.TimeZone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{target}\n{day}")));
        return TimeSpan.FromSeconds(hash % ((ulong)reconcile.Jitter.TotalSeconds + 1));
    }

    /// <summary>What is due now, or null. However many times have passed, one comparison is due, for the last of them.</summary>
    /// <param name="target">The target.</param>
    /// <param name="reconcile">Its schedules.</param>
    /// <param name="mode">Which of them.</param>
    /// <param name="known">What is remembered of the same schedule.</param>
    /// <param name="now">The time.</param>
    public static ScheduledStart? DueNow(
        string target, ReconcileConfiguration reconcile, ReconciliationMode mode, ReconciliationSchedule known, DateTimeOffset now)
    {
        if (reconcile.ScheduleOf(mode) is not { } schedule)
        {
            return null;
        }

        var (due, passed) = ((DateTimeOffset?)null, 0L);
        for (var time = NextAfter(known.LastDue ?? known.Since); time + JitterOf(target, time, reconcile) <= now; time = NextAfter(time))
        {
            (due, passed) = (time, passed + 1);
        }

        return due is null ? null : new ScheduledStart(target, due.Value, now - due.Value - JitterOf(target, due.Value, reconcile), passed - 1) { Of = mode };

        DateTimeOffset NextAfter(DateTimeOffset after) => schedule.NextAfter(after, reconcile.TimeZone);
    }

    /// <summary>When the next comparison of a schedule begins if nothing keeps it, jitter and all; null without a schedule.</summary>
    public static DateTimeOffset? NextOf(string target, ReconcileConfiguration reconcile, ReconciliationMode mode, DateTimeOffset now)
    {
        if (reconcile.ScheduleOf(mode) is not { } schedule)
        {
            return null;
        }

        var time = schedule.NextAfter(now - reconcile.Jitter, reconcile.TimeZone);
        while (time + JitterOf(target, time, reconcile) <= now)
        {
            time = schedule.NextAfter(time, reconcile.TimeZone);
        }

        return time + JitterOf(target, time, reconcile);
    }
}
