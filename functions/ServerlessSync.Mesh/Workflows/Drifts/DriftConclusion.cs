using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>
/// Says of a drift what the run came to that was begun for it: settled when everything is proven to be as recorded, tried again when something
/// passing stood in the way, and a person's otherwise. Repeated, it changes nothing more.
/// </summary>
sealed class DriftConclusion(MeshStores stores, MeshConfiguration configuration)
{
    /// <summary>Times a run is begun for the same opening before somebody looks.</summary>
    const int MostAttempts = 10;

    public async Task ConcludeAsync(FinishInput input, PreparedRow prepared, CancellationToken cancellationToken)
    {
        if (prepared.Observed is not { } observed || await stores.Inbox.FindAsync(input.Inbox, cancellationToken) is not { } row)
        {
            return;
        }

        foreach (var seen in observed)
        {
            if (await stores.Drifts.FindAsync(seen.Target, input.IdentityId, cancellationToken) is { SettledAt: null } item
                && DriftLook.Is(row.Event, DriftMessage.Of(item)))
            {
                await ConcludeAsync(item, seen, prepared, input, cancellationToken);
            }
        }
    }

    async Task ConcludeAsync(DriftItem item, Observed seen, PreparedRow prepared, FinishInput input, CancellationToken cancellationToken)
    {
        var verdict = Judge(item, seen, prepared, input);
        if (verdict.State == DriftState.Settled)
        {
            await stores.Drifts.SettleMendedAsync(item, verdict.Reason, input.Run, cancellationToken);
            return;
        }

        var again = verdict.State == DriftState.Queued;
        await stores.Drifts.MoveAsync(
            item,
            now => now.State != DriftState.Queued || now.Attempt != item.Attempt
                ? now
                : (now with
                {
                    State = verdict.State,
                    Reason = verdict.Reason,
                    Attempt = again ? now.Attempt + 1 : now.Attempt,
                    NotBefore = again ? stores.Clock.GetUtcNow() + verdict.After : null,
                    MendedBy = again ? null : input.Run,
                }).WithDuty(configuration, stores.Clock.GetUtcNow()),
            cancellationToken);
    }

    Verdict Judge(DriftItem item, Observed seen, PreparedRow prepared, FinishInput input)
    {
        var report = input.Report;
        if (seen.Untouched is { } untouched)
        {
            return new Verdict(DriftState.Asked, untouched);
        }

        if (seen.Message is not null)
        {
            return JudgeAway(item, seen, input.Run);
        }

        if (prepared.Refusal is { } refusal)
        {
            return new Verdict(DriftState.Held, refusal);
        }

        if (report.Stopped == Interruption.TerminationQueued || (report.Stopped is null && report.Steps.Any(s => s.State == StepState.Superseded)))
        {
            return item.Attempt < MostAttempts
                ? new Verdict(DriftState.Queued, $"run {input.Run} was overtaken by a newer event: looked at again behind it")
                : new Verdict(DriftState.Held, $"overtaken {item.Attempt} times");
        }

        if (!report.IsGreen)
        {
            return new Verdict(DriftState.Held, $"run {input.Run} did not mend it: {WhyNot(prepared, report)}");
        }

        var leftOver = seen.Unmet ?? item.Findings.Select(f => WhyLeft(f, seen)).FirstOrDefault(why => why is not null);
        return leftOver is not null
            ? new Verdict(DriftState.Asked, leftOver)
            : new Verdict(DriftState.Settled, report.Steps.Count == 0
                ? $"gone by itself: run {input.Run} found nothing to mend"
                : $"mended and read back by run {input.Run}");
    }

    static string? WhyLeft(DriftFinding finding, Observed seen) => finding.Kind switch
    {
        DriftKind.MissingGrant when seen.LeftOut.Contains(finding.Subject) =>
            $"{finding.Subject} is given together with rights on other targets, and not without them: look at the identity again",
        var kind when !kind.CanBeRemediated() => $"{kind.Word()} is for people to settle",
        _ => null,
    };

    Verdict JudgeAway(DriftItem item, Observed seen, string run)
    {
        var retry = configuration.Targets[seen.Target].Retry;
        var decision = RetryDecision.Decide(
            seen.Failure, seen.RetryAfter, (int)Math.Min(item.Attempt, int.MaxValue), new RetrySchedule(retry.Attempts, retry.First, retry.Factor, retry.Longest), run);
        return decision.Again
            ? new Verdict(DriftState.Queued, $"{seen.Target} could not be read: {seen.Message}") { After = decision.After }
            : new Verdict(DriftState.Held, $"{seen.Target} could not be read after {item.Attempt} attempts: {seen.Message}");
    }

    static string WhyNot(PreparedRow prepared, ChangeReport report) =>
        report.Stopped
        ?? report.Steps.Where(s => s.State != StepState.Verified && s.Message is not null)
            .Select(s => $"{prepared.Plan.Steps[s.Number].Name}: {s.Message}")
            .FirstOrDefault("a step was not verified");

    sealed record Verdict(DriftState State, string Reason)
    {
        public TimeSpan After { get; init; }
    }
}
