using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Tells the owner of a target when no comparison came through over two times of its schedule, whatever became of them. The next good one settles it.</summary>
sealed class MissedComparisons(MeshConfiguration configuration, MeshStores stores)
{
    const string Kind = "reconciliation-missed";

    /// <summary>Id of a target's exception.</summary>
    public static string IdOf(string target) => $"{Kind}:{target}";

    public async Task TellAsync(string target, ReconcileConfiguration reconcile, ReconciliationSchedule known, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        if (FindOverdue(reconcile, known.Since, now) is not { } due || !await IsMissedAsync(target, reconcile, now, cancellationToken))
        {
            return;
        }

        var reason = $"No comparison of {target} came through over two times of its schedule ({ReconcileTimes.NameOf(reconcile, ReconciliationMode.Complete)}): what differs there since is not known";

        // What somebody settles by hand is opened again with the next time of the schedule.
        var run = new ScheduledStart(target, known.LastDue > due ? known.LastDue.Value : due, TimeSpan.Zero, 0).Run;
        await stores.Exceptions.OpenAsync(
            new ExceptionItem(IdOf(target), Kind, null, target, run, configuration.OwnerOf(target), reason, now, now + configuration.Deadlines.Exception), cancellationToken);
    }

    /// <summary>Looks back no further than to the first comparison that ended too long ago.</summary>
    async Task<bool> IsMissedAsync(string target, ReconcileConfiguration reconcile, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await foreach (var run in stores.Reconciliations.ReadAsync(target, null, static _ => { }, cancellationToken))
        {
            var tooLongAgo = run.EndedAt is { } ended && FindOverdue(reconcile, ended, now) is not null;
            if (tooLongAgo || run.IsWhole)
            {
                return tooLongAgo;
            }
        }

        return true;
    }

    /// <summary>The second time of the schedule after that, once it is past with all that may delay it; else null.</summary>
    static DateTimeOffset? FindOverdue(ReconcileConfiguration reconcile, DateTimeOffset since, DateTimeOffset now)
    {
        var second = reconcile.Schedule!.NextAfter(reconcile.Schedule.NextAfter(since, reconcile.TimeZone), reconcile.TimeZone);
        return second + reconcile.Jitter + ScheduledStart.Punctual < now ? second : null;
    }
}
