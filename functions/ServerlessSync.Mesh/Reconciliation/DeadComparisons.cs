using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Comparisons whose workflow has ended without them: an operator terminated it, or it failed. They would stand in the way of all others.</summary>
sealed class DeadComparisons(ReconcileServices services)
{
    /// <summary>Why one is ended, for people.</summary>
    public const string Reason = "its workflow ended without it";

    /// <summary>Whether the workflow of a comparison goes on.</summary>
    public async Task<bool> IsAliveAsync(string run, CancellationToken cancellationToken) =>
        await services.Client().GetInstanceAsync(run, cancellationToken) is { HasEnded: false };

    /// <summary>Ends the newest comparison of a target, as it would have ended by itself, where its workflow is gone; but not the one that asks.</summary>
    public async Task EndAsync(string target, string? asking, CancellationToken cancellationToken)
    {
        if (await services.Stores.Reconciliations.FindLastAsync(target, cancellationToken) is { EndedAt: null } open
            && open.Run != asking
            && !await IsAliveAsync(open.Run, cancellationToken))
        {
            await EndAsync(open, cancellationToken);
        }
    }

    async Task EndAsync(ReconciliationRun open, CancellationToken cancellationToken)
    {
        try
        {
            await new EndActivity(services).RunAsync(new EndInput(open.Run, open.Target, Reason), cancellationToken);
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            // What it found cannot be counted, which keeps no other comparison from its turn.
            await services.Damaged.ReportAsync(e, cancellationToken);
            await services.Stores.Reconciliations.ChangeAsync(
                open.Target,
                open.Run,
                run => run.EndedAt is not null ? run : run with { EndedAt = services.Stores.Clock.GetUtcNow(), Outcome = ReconciliationOutcome.Abandoned, Reason = Reason },
                cancellationToken);
        }
    }
}
