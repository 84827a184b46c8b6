using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Counts what was confirmed, asks the guard about each kind, and hashes the plan. What a person has approved must be what is found now, and passes
/// the same guard.
/// </summary>
sealed class DecidePart(ComparisonWork comparison) : IComparisonPart
{
    /// <summary>Identities a comparison remembers as left out.</summary>
    const int MostLeftOut = 100;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var window = await GuardWindow.ReadAsync(comparison, cancellationToken);
        using var tally = new PlanTally(comparison.Run, window);
        await foreach (var (key, suspect) in comparison.SuspectsAsync(null, cancellationToken))
        {
            tally.Add(key, suspect);
        }

        var plan = tally.ToHash();
        var refusal = tally.FindRefusal() ?? WhyNotApproved(plan);
        var guarded = tally.Guard(comparison.Configuration.Reconcile, comparison.Services.Configuration.Guards["default"]);
        var leftOut = comparison.Run.Mode == ReconciliationMode.Complete ? await CountLeftOutAsync(tally.AtWork, cancellationToken) : new Dictionary<string, int>();
        var acts = refusal is null && !comparison.Run.DryRun;
        await comparison.NoteAsync(
            run => run with
            {
                Found = tally.Found,
                InFlight = tally.InFlight,
                LeftOut = leftOut,
                Unreadable = tally.Unreadable,
                ToMend = tally.ToMend,
                Guarded = guarded,
                CountedFrom = window.From,
                LetThrough = acts ? tally.LetThrough(guarded.Keys) : [],
                PlanHash = plan,
            },
            cancellationToken);
        return refusal is null ? PartAnswer.Done : PartAnswer.GiveUp(refusal);
    }

    /// <summary>Of how many whole comparisons in a row each was left out, with this one.</summary>
    async Task<IReadOnlyDictionary<string, int>> CountLeftOutAsync(List<string> atWork, CancellationToken cancellationToken)
    {
        var before = atWork.Count == 0 ? null : await comparison.FindEarlierAsync(run => run.IsWhole, cancellationToken);
        return atWork
            .Select(identityId => (IdentityId: identityId, Times: (before?.LeftOut.GetValueOrDefault(identityId) ?? 0) + 1))
            .OrderByDescending(left => left.Times).ThenBy(left => left.IdentityId, StringComparer.Ordinal)
            .Take(MostLeftOut)
            .ToDictionary(left => left.IdentityId, left => left.Times);
    }

    string? WhyNotApproved(string plan) => comparison.Run.Approved is { } approved && !string.Equals(approved, plan, StringComparison.Ordinal)
        ? $"what is found now is plan {plan[..12]}, not the approved {approved[..Math.Min(12, approved.Length)]}"
        : null;
}
