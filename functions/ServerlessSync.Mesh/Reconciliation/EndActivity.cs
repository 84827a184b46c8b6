using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Input of the activity that ends a comparison.</summary>
/// <param name="Run">Its instance id.</param>
/// <param name="Target">The target.</param>
/// <param name="Reason">Why it is given up; null when it came through.</param>
sealed record EndInput(string Run, string Target, string? Reason);

/// <summary>
/// Ends a comparison: where its items were put, how it ended, and one exception of the target's owner while comparisons are given up or held
/// back, which the next good one settles. A plan that was only asked for, or that was not the approved one, is answered to who asked.
/// </summary>
sealed class EndActivity(ReconcileServices services) : IActivity<EndInput, ReconcileReport>
{
    const string Kind = "reconciliation";

    public async Task<ReconcileReport> RunAsync(EndInput input, CancellationToken cancellationToken)
    {
        var reconciliations = services.Stores.Reconciliations;
        if (await reconciliations.FindLastAsync(input.Target, cancellationToken) is not { } last || last.Run != input.Run)
        {
            return new ReconcileReport(0, ReconciliationOutcome.Abandoned, input.Reason, null);
        }

        var items = await CountAsync(last, cancellationToken);
        var ended = await reconciliations.ChangeAsync(input.Target, input.Run, run => run.EndedAt is not null ? run : End(run, input.Reason, items), cancellationToken);
        await TellAsync(ended!, cancellationToken);
        foreach (var side in Sides.All)
        {
            await services.Runs().DropAsync(Sides.Of(input.Target, last.Number, side), cancellationToken);
        }

        return new ReconcileReport(ended!.Number, ended.Outcome, ended.Reason, ended.PlanHash);
    }

    ReconciliationRun End(ReconciliationRun run, string? reason, IReadOnlyDictionary<DriftState, int> items)
    {
        // Given up before anything was opened, or held with what was opened by then.
        var early = reason is not null && (run.DryRun || items.Count == 0);
        string?[] held = early ? [reason] : [.. run.Guarded.Values, run.Halted, reason];
        var why = string.Join("; ", held.Where(line => line is not null));
        return run with
        {
            EndedAt = services.Stores.Clock.GetUtcNow(),
            Items = items,
            Outcome = early ? ReconciliationOutcome.Abandoned : why.Length > 0 ? ReconciliationOutcome.Held : ReconciliationOutcome.Completed,
            Reason = why.Length > 0 ? why : null,
        };
    }

    /// <summary>Of a plan, where its items would be put.</summary>
    async Task<IReadOnlyDictionary<DriftState, int>> CountAsync(ReconciliationRun run, CancellationToken cancellationToken)
    {
        var items = new SortedDictionary<DriftState, int>();
        await foreach (var (_, suspect) in services.Stores.Suspects.ReadAsync(run.Target, run.Number, null, cancellationToken))
        {
            if ((suspect.Placed ?? (run.DryRun && suspect.State == SuspectState.Confirmed ? suspect.Decided : null)) is { } state)
            {
                items[state] = items.GetValueOrDefault(state) + 1;
            }
        }

        return items;
    }

    async Task TellAsync(ReconciliationRun run, CancellationToken cancellationToken)
    {
        var id = $"{Kind}:{run.Target}";
        if (run.Outcome == ReconciliationOutcome.Completed)
        {
            if (!run.DryRun)
            {
                await services.Stores.Exceptions.SettleAsync(null, id, $"comparison {run.Number} came through", cancellationToken);
            }

            return;
        }

        if (!run.DryRun && (run.Approved is null || run.Outcome == ReconciliationOutcome.Held))
        {
            var (owner, now) = (services.Configuration.OwnerOf(run.Target), services.Stores.Clock.GetUtcNow());
            var reason = $"Comparison {run.Number} of {run.Target} was {(run.Outcome == ReconciliationOutcome.Held ? "held back" : "given up")}: {run.Reason}";
            await services.Stores.Exceptions.OpenAsync(
                new ExceptionItem(id, Kind, null, run.Target, run.Run, owner, reason, now, now + services.Configuration.Deadlines.Exception), cancellationToken);
        }
    }
}
