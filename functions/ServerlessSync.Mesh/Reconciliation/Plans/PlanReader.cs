using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads the plan of a target's newest comparison: of a dry run what would be done now, of any other what was done and what has come of it. The
/// plan before it is forgotten when a comparison begins.
/// </summary>
/// <param name="stores">The stores; their clock is the clock.</param>
/// <param name="configuration">The targets.</param>
public sealed class PlanReader(MeshStores stores, MeshConfiguration configuration)
{
    /// <summary>Suspects looked at for one page, however few of them are found to differ.</summary>
    /// <value>10,000</value>
    public int MostRead { get; init; } = 10_000;

    /// <summary>Reads one page, in the order of the identities and accounts.</summary>
    /// <param name="target">The target; whatever a stranger sent.</param>
    /// <param name="number">Number of the comparison.</param>
    /// <param name="after">Token of the page before, or null; whatever a stranger sent.</param>
    /// <param name="top">Most lines of it; a page may hold fewer, or none, and go on all the same.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    /// <exception cref="StoreException">The store cannot be read now.</exception>
    public async Task<PlanPage> ReadAsync(string target, long number, string? after, int top, CancellationToken cancellationToken)
    {
        if (after is not null && !SuspectStore.IsToken(after))
        {
            throw new ArgumentException("not a token of this list", nameof(after));
        }

        if (await stores.Reconciliations.FindAsync(target, number, cancellationToken) is not { } run)
        {
            return new PlanPage(PlanStanding.Unknown, "The target has no comparison of this number.");
        }

        var page = run switch
        {
            { PlanHash: not null } => await ReadAsync(run, after, top, cancellationToken),
            { EndedAt: null } => new PlanPage(PlanStanding.NotYet, "The comparison has not come to its plan yet."),
            _ => new PlanPage(PlanStanding.NeverMade, $"The comparison ended without a plan: {run.Reason}."),
        };

        // Behind the reading: one that has begun meanwhile may have taken lines from under it.
        var last = await stores.Reconciliations.FindLastAsync(target, cancellationToken);
        return page.Standing != PlanStanding.There || last?.Number == number
            ? page
            : new PlanPage(PlanStanding.Forgotten, $"Comparison {last?.Number} of this target has begun since, and only the newest plan is kept.");
    }

    async Task<PlanPage> ReadAsync(ReconciliationRun run, string? after, int top, CancellationToken cancellationToken)
    {
        var (lines, damaged, last, read) = (new List<PlanLine>(), new List<RowAddress>(), (string?)null, 0);
        await foreach (var (key, suspect) in stores.Suspects.ReadAsync(run.Target, run.Number, after, damaged.Add, cancellationToken))
        {
            if (lines.Count == top || read == MostRead)
            {
                return new PlanPage(PlanStanding.There) { Lines = lines, Next = last, Damaged = damaged };
            }

            (last, read) = (key, read + 1);
            if (await LineOfAsync(run, suspect, damaged, cancellationToken) is { } line)
            {
                lines.Add(line);
            }
        }

        return new PlanPage(PlanStanding.There) { Lines = lines, Damaged = damaged };
    }

    async Task<PlanLine?> LineOfAsync(ReconciliationRun run, Suspect suspect, List<RowAddress> damaged, CancellationToken cancellationToken)
    {
        switch (suspect.State)
        {
            case SuspectState.Confirmed:
                var item = await FindItemAsync(run.Target, suspect, damaged, cancellationToken);
                return suspect.Placed is { } placed ? Done(suspect, placed, item) : Planned(run, suspect, item);
            case SuspectState.InFlight:
                return LineOf(suspect, PlanAction.Skip, "a run was at work for it");
            case SuspectState.Open or SuspectState.Gone:
                return null;
            default:
                return LineOf(suspect, PlanAction.Skip, "it could not be read: a row of it is damaged, or the target does not show it");
        }
    }

    async Task<DriftItem?> FindItemAsync(string target, Suspect suspect, List<RowAddress> damaged, CancellationToken cancellationToken)
    {
        try
        {
            return suspect.IdentityId is { } identityId
                ? await stores.Drifts.FindAsync(target, identityId, cancellationToken)
                : await stores.Drifts.FindAccountAsync(target, suspect.AccountKeys[0], cancellationToken);
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: { } row })
        {
            damaged.Add(row);
            return null;
        }
    }

    PlanLine Planned(ReconciliationRun run, Suspect suspect, DriftItem? item)
    {
        if (item is { SettledAt: not null, Ignored: { } ignored } && ignored == DriftStore.FingerprintOf(suspect.Findings))
        {
            return LineOf(suspect, PlanAction.Leave, item.Reason);
        }

        var reconcile = configuration.Targets.GetValueOrDefault(run.Target)?.Reconcile ?? new ReconcileConfiguration();
        var (state, reason) = Placing.Of(suspect, run, reconcile, stores.Clock.GetUtcNow());
        return item is { SettledAt: null } && Placing.IsKept(item, state, suspect.Findings, found => !item.Findings.Any(known => known.IsAbout(found)))
            ? LineOf(suspect, ActionOf(item.State), item.Reason)
            : LineOf(suspect, ActionOf(state), reason);
    }

    /// <summary>What was settled, and is open again, came of another comparison.</summary>
    static PlanLine Done(Suspect suspect, DriftState placed, DriftItem? item)
    {
        var own = item?.Opening == suspect.Opening;
        return LineOf(suspect, ActionOf(placed), suspect.Reason) with
        {
            State = item is null ? null : own ? item.State : DriftState.Settled,
            StateReason = own ? item!.Reason : null,
        };
    }

    static PlanLine LineOf(Suspect suspect, PlanAction action, string? reason) => new()
    {
        IdentityId = suspect.IdentityId,
        AccountKey = suspect.AccountKey ?? (suspect.IdentityId is null ? suspect.AccountKeys[0] : null),
        Findings = suspect.Findings,
        Action = action,
        Reason = reason,
    };

    static PlanAction ActionOf(DriftState state) => state switch
    {
        DriftState.Reported => PlanAction.Report,
        DriftState.Asked => PlanAction.Ask,
        DriftState.Held => PlanAction.Hold,
        DriftState.Queued => PlanAction.Mend,
        _ => PlanAction.Leave,
    };
}
