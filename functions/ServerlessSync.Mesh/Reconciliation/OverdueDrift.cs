using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Tells a target's owner, by one exception, of the drift that people were asked about and nobody decided in time.</summary>
sealed class OverdueDrift(ReconcileServices services)
{
    const string Kind = "drift-overdue";

    /// <summary>Opens the exception, or settles it when nothing is overdue any more. A plan that was only asked for tells nobody.</summary>
    public async Task TellAsync(ReconciliationRun run, CancellationToken cancellationToken)
    {
        if (run.DryRun)
        {
            return;
        }

        var (id, now) = ($"{Kind}:{run.Target}", services.Stores.Clock.GetUtcNow());
        var overdue = await CountAsync(run.Target, now, cancellationToken);
        if (overdue == 0)
        {
            await services.Stores.Exceptions.SettleAsync(null, id, $"at the end of comparison {run.Number} nothing is overdue", cancellationToken);
            return;
        }

        var reason = FormattableString.Invariant($"{overdue} drifts of {run.Target} wait for a decision past their time: see GET /drifts?target={run.Target}&state=asked");
        await services.Stores.Exceptions.OpenAsync(
            new ExceptionItem(
                id, Kind, null, run.Target, run.Run, services.Configuration.OwnerOf(run.Target), reason, now, now + services.Configuration.Deadlines.Exception),
            cancellationToken);
    }

    async Task<int> CountAsync(string target, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var overdue = 0;
        await foreach (var (_, item) in services.Stores.Drifts.ReadOpenAsync(target, null, cancellationToken))
        {
            overdue += item.State == DriftState.Asked && item.Due < now ? 1 : 0;
        }

        return overdue;
    }
}
