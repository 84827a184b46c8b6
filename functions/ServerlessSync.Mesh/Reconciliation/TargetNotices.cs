using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// What the owner of a target is told of its comparisons beyond how each ended: one exception while identities are left out of one after the other, and
/// the end of the one about comparisons that did not come through.
/// </summary>
sealed class TargetNotices(ReconcileServices services)
{
    /// <summary>Whole comparisons in a row an identity may be left out of.</summary>
    const int MostTimes = 3;

    /// <summary>Identities the exception names.</summary>
    const int MostNamed = 10;

    const string LeftOut = "left-out";

    public async Task TellAsync(ReconciliationRun run, CancellationToken cancellationToken)
    {
        if (run.IsWhole)
        {
            await services.Stores.Exceptions.SettleAsync(null, MissedComparisons.IdOf(run.Target), CameThrough(run), cancellationToken);
            await TellOfLeftOutAsync(run, cancellationToken);
        }
    }

    async Task TellOfLeftOutAsync(ReconciliationRun run, CancellationToken cancellationToken)
    {
        var stuck = new List<string>();
        foreach (var (identityId, times) in run.LeftOut)
        {
            if (times >= MostTimes || await IsBusyTooLongAsync(identityId, cancellationToken))
            {
                stuck.Add(identityId);
            }
        }

        var id = $"{LeftOut}:{run.Target}";
        if (stuck.Count == 0)
        {
            await services.Stores.Exceptions.SettleAsync(null, id, $"{CameThrough(run)} and looked at everybody again", cancellationToken);
            return;
        }

        var (owner, now) = (services.Configuration.OwnerOf(run.Target), services.Stores.Clock.GetUtcNow());
        var more = stuck.Count > MostNamed ? FormattableString.Invariant($" and {stuck.Count - MostNamed} more") : string.Empty;
        var reason = FormattableString.Invariant($"{stuck.Count} were left out of {MostTimes} comparisons of {run.Target} in a row, or for too long, because a run is at work for them: ")
            + string.Join(", ", stuck.Take(MostNamed)) + more;
        await services.Stores.Exceptions.OpenAsync(
            new ExceptionItem(id, LeftOut, null, run.Target, run.Run, owner, reason, now, now + services.Configuration.Deadlines.Exception), cancellationToken);
    }

    /// <summary>Whether the run at work for an identity has been so for longer than an exception may stay open.</summary>
    async Task<bool> IsBusyTooLongAsync(string identityId, CancellationToken cancellationToken)
    {
        try
        {
            return (await services.Stores.Lanes.FindAsync(identityId, cancellationToken)).Run is { } run
                && await services.Client().GetInstanceAsync(run, cancellationToken) is { HasEnded: false } instance
                && services.Stores.Clock.GetUtcNow() - instance.CreatedAt > services.Configuration.Deadlines.Exception;
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            await services.Damaged.ReportAsync(e, cancellationToken);
            return false;
        }
    }

    static string CameThrough(ReconciliationRun run) => FormattableString.Invariant($"comparison {run.Number} came through");
}
