using ServerlessSync.Mesh.Model;
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
/// back, which the next good one settles; and another one while somebody who has left can still act and nothing ends it by itself. A plan that was
/// only asked for, or that was not the approved one, is answered to who asked.
/// </summary>
sealed class EndActivity(ReconcileServices services) : IActivity<EndInput, ReconcileReport>
{
    const string Kind = "reconciliation";
    const string Alive = "leaver-alive";

    public async Task<ReconcileReport> RunAsync(EndInput input, CancellationToken cancellationToken)
    {
        var reconciliations = services.Stores.Reconciliations;
        if (await reconciliations.FindLastAsync(input.Target, cancellationToken) is not { } last || last.Run != input.Run)
        {
            return new ReconcileReport(0, ReconciliationOutcome.Abandoned, input.Reason, null);
        }

        var (items, alive, notSeen) = await CountAsync(last, cancellationToken);
        var ended = await reconciliations.EndAsync(
            input.Target,
            input.Run,
            run => End(run, input.Reason, items),
            (run, followed) => input.Reason is null && !run.DryRun ? followed.After(run, notSeen) : followed,
            cancellationToken);
        await TellAsync(ended!, cancellationToken);
        await TellOfAliveAsync(ended!, alive, cancellationToken);
        await new TargetNotices(services).TellAsync(ended!, cancellationToken);
        await new OverdueDrift(services).TellAsync(ended!, cancellationToken);
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
            Reason = why.Length > 0 ? why : LeftOut(run),
        };
    }

    /// <summary>Who was not compared, for people; null when everybody was.</summary>
    static string? LeftOut(ReconciliationRun run)
    {
        string[] lines =
        [
            .. run.InFlight > 0 ? [FormattableString.Invariant($"{run.InFlight} were at work")] : Array.Empty<string>(),
            .. run.Unreadable > 0 ? [FormattableString.Invariant($"{run.Unreadable} could not be read")] : Array.Empty<string>(),
        ];
        return lines.Length > 0 ? string.Join("; ", lines) : null;
    }

    /// <summary>Counts where its items were put, of a plan where they would be, and who is alive and waits there; and names who could not be looked at.</summary>
    async Task<(IReadOnlyDictionary<DriftState, int> Items, int Alive, IReadOnlyList<Suspect> NotSeen)> CountAsync(
        ReconciliationRun run, CancellationToken cancellationToken)
    {
        var (items, alive, notSeen) = (new SortedDictionary<DriftState, int>(), 0, new List<Suspect>());
        await foreach (var (_, suspect) in services.Stores.Suspects.ReadAsync(run.Target, run.Number, null, cancellationToken))
        {
            if ((suspect.Placed ?? (run.DryRun && suspect.State == SuspectState.Confirmed ? suspect.Decided : null)) is { } state)
            {
                items[state] = items.GetValueOrDefault(state) + 1;
                alive += state is DriftState.Asked or DriftState.Held && suspect.Findings.Any(f => f.Kind == DriftKind.ExpiredButAlive) ? 1 : 0;
            }

            if (suspect.State is SuspectState.Open or SuspectState.InFlight or SuspectState.Unreadable or SuspectState.Refused)
            {
                notSeen.Add(suspect);
            }
        }

        return (items, alive, notSeen);
    }

    async Task TellOfAliveAsync(ReconciliationRun run, int alive, CancellationToken cancellationToken)
    {
        var id = $"{Alive}:{run.Target}";
        if (run.DryRun || run.Outcome == ReconciliationOutcome.Abandoned)
        {
            return;
        }

        if (alive == 0)
        {
            // Of those who were not looked at, changes say nothing; nor does a complete one, whose items tell of them still.
            if (run.Mode == ReconciliationMode.Complete && !await IsAnybodyOpenAsync(run.Target, cancellationToken))
            {
                await services.Stores.Exceptions.SettleAsync(null, id, $"comparison {run.Number} finds nobody", cancellationToken);
            }

            return;
        }

        var (owner, now) = (services.Configuration.OwnerOf(run.Target), services.Stores.Clock.GetUtcNow());
        var reason = FormattableString.Invariant(
            $"{alive} of those who have left, or whose time has passed, can still act on {run.Target}, and nothing ends it by itself: see the drift of comparison {run.Number}");
        await services.Stores.Exceptions.OpenAsync(
            new ExceptionItem(id, Alive, null, run.Target, run.Run, owner, reason, now, now + services.Configuration.Deadlines.Leaver), cancellationToken);
    }

    /// <summary>Whether an open item that is not only reported tells of somebody who has left and can act.</summary>
    ValueTask<bool> IsAnybodyOpenAsync(string target, CancellationToken cancellationToken) => services.Stores.Drifts.ReadOpenAsync(target, null, cancellationToken)
        .AnyAsync(open => open.Item.State != DriftState.Reported && open.Item.Findings.Any(f => f.Kind == DriftKind.ExpiredButAlive), cancellationToken);

    /// <summary>
    /// What complete comparisons left is settled by a complete one alone. What was held back is found again by those alone, too; that changes could
    /// not be read is settled by whichever comes through.
    /// </summary>
    async Task TellAsync(ReconciliationRun run, CancellationToken cancellationToken)
    {
        if (run.DryRun)
        {
            return;
        }

        var (whole, changes) = ($"{Kind}:{run.Target}", $"{Kind}-changes:{run.Target}");
        var came = $"comparison {run.Number} came through";
        if (run.Outcome != ReconciliationOutcome.Abandoned)
        {
            await services.Stores.Exceptions.SettleAsync(null, changes, came, cancellationToken);
        }

        if (run is { Outcome: ReconciliationOutcome.Completed, Mode: ReconciliationMode.Complete })
        {
            await services.Stores.Exceptions.SettleAsync(null, whole, came, cancellationToken);
        }

        if (run.Outcome == ReconciliationOutcome.Held || (run.Outcome == ReconciliationOutcome.Abandoned && run.Approved is null))
        {
            var (owner, now) = (services.Configuration.OwnerOf(run.Target), services.Stores.Clock.GetUtcNow());
            var reason = $"Comparison {run.Number} of {run.Target} was {(run.Outcome == ReconciliationOutcome.Held ? "held back" : "given up")}: {run.Reason}";
            var id = run is { Outcome: ReconciliationOutcome.Abandoned, Mode: ReconciliationMode.Changes } ? changes : whole;
            await services.Stores.Exceptions.OpenAsync(
                new ExceptionItem(id, Kind, null, run.Target, run.Run, owner, reason, now, now + services.Configuration.Deadlines.Exception), cancellationToken);
        }
    }
}
