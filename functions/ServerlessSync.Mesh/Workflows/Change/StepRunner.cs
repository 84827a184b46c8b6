using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Runs the steps of a plan: targets beside each other, each in its own order; one bad target holds up no other.</summary>
sealed class StepRunner(PatientCalls calls, string identityId, PlanOutline outline, Interruption interruption)
{
    /// <summary>Steps of one phase that run beside each other on one target.</summary>
    const int AtOnce = 8;

    readonly WorkflowContext _context = calls.Context;

    /// <summary>
    /// Targets on which a step has used up its attempts: what follows there is tried once, so that a dead target does not cost every step of a
    /// long plan its whole schedule, nor the run its history.
    /// </summary>
    readonly HashSet<string> _down = [];

    /// <summary>Runs every step once through its attempts.</summary>
    public async Task<StepEnd[]> RunAllAsync()
    {
        var ends = new StepEnd[outline.Steps.Count];
        await Task.WhenAll(outline.Steps.GroupBy(s => s.Target).Select(target => RunTargetAsync([.. target], ends)));
        return ends;
    }

    /// <summary>One more attempt at a revocation that is still open.</summary>
    public async Task<StepEnd> RunAgainAsync(StepEnd open)
    {
        var step = outline.Steps[open.Number];
        var (end, _, _) = await AttemptAsync(step, open.Attempts + 1, looks: 1);
        return end ?? open with { Attempts = open.Attempts + 1 };
    }

    /// <summary>Undoes a step, with as many attempts as giving it had.</summary>
    public async Task<StepEnd> UndoAsync(StepEnd end)
    {
        var step = outline.Steps[end.Number];
        for (var attempt = 1; ; attempt++)
        {
            var answer = await CallAsync<VerifyAnswer>(WorkflowNames.Undo, step, attempt)
                ?? VerifyAnswer.No("the activity failed");
            if (answer.Holds)
            {
                return end with { State = StepState.Undone };
            }

            var decision = RetryDecision.Decide(answer.Failure, answer.RetryAfter, attempt, outline.Retries[step.Target], KeyOf(step) + ":undo");
            if (!decision.Again)
            {
                return end with { State = StepState.NotUndone, Message = answer.Message };
            }

            await WaitAsync(decision.After, CancellationToken.None);
        }
    }

    async Task RunTargetAsync(IReadOnlyList<StepOutline> steps, StepEnd[] ends)
    {
        foreach (var phase in steps.GroupBy(s => s.Phase).OrderBy(g => g.Key))
        {
            if (steps.Any(s => s.Opens && s.Phase < phase.Key && ends[s.Number].State == StepState.Failed))
            {
                // The account is about to be taken back; a right given on it would be lost, or held by a disabled account.
                foreach (var step in phase)
                {
                    ends[step.Number] = new StepEnd(step.Number, StepState.Failed, 0, "not begun: the account could not be made ready");
                }

                continue;
            }

            if (phase.Any(s => s.Proves) && _context.CurrentUtcDateTime < outline.QuietFrom)
            {
                await _context.CreateTimer(outline.QuietFrom, CancellationToken.None);
            }

            foreach (var slice in phase.Chunk(AtOnce))
            {
                foreach (var end in await Task.WhenAll(slice.Select(RunAsync)))
                {
                    ends[end.Number] = end;
                }
            }
        }
    }

    async Task<StepEnd> RunAsync(StepOutline step)
    {
        var token = step.TakesAway ? interruption.Insisting : interruption.Giving;
        for (var attempt = 1; ; attempt++)
        {
            // A revocation is always tried at least once, whatever has happened since.
            if (token.IsCancellationRequested && !(step.TakesAway && attempt == 1))
            {
                return new StepEnd(
                    step.Number,
                    step.TakesAway && interruption.ByOperator ? StepState.Open : StepState.Superseded,
                    attempt - 1,
                    interruption.Stopped ?? "a newer event plans it anew");
            }

            var (end, decision, message) = await AttemptAsync(step, attempt, int.MaxValue);
            if (end is not null)
            {
                return end;
            }

            if (attempt >= outline.Retries[step.Target].Attempts)
            {
                _down.Add(step.Target);
            }

            if (!decision.Again || _down.Contains(step.Target))
            {
                return new StepEnd(step.Number, step.TakesAway ? StepState.Open : StepState.Failed, attempt, message);
            }

            await WaitAsync(decision.After, token);
        }
    }

    async Task<(StepEnd? End, RetryDecision Decision, string? Message)> AttemptAsync(StepOutline step, int attempt, int looks)
    {
        var schedule = outline.Retries[step.Target];
        if (await ApplyAsync(step, attempt) is not { } answer)
        {
            return (new StepEnd(step.Number, StepState.Superseded, attempt, interruption.Stopped), default, null);
        }

        switch (answer.Outcome)
        {
            case null:
                return (null, RetryDecision.Decide(answer.Failure, answer.RetryAfter, attempt, schedule, KeyOf(step)), answer.Message);
            case Connectors.WriteOutcome.Superseded:
                return (new StepEnd(step.Number, StepState.Superseded, attempt, answer.Message), default, null);
            case Connectors.WriteOutcome.Refused:
                return step.TakesAway
                    ? (null, new RetryDecision(false, default), answer.Message)
                    : (new StepEnd(step.Number, StepState.Failed, attempt, answer.Message), default, null);
            case Connectors.WriteOutcome.Applied or Connectors.WriteOutcome.AlreadyInPlace:
                break;
            default:
                throw new InvalidOperationException($"unknown outcome {answer.Outcome}");
        }

        for (var look = 1; ; look++)
        {
            var verified = await CallAsync<VerifyAnswer>(WorkflowNames.Verify, step, look)
                ?? VerifyAnswer.No("the activity failed", Connectors.FailureKind.Transient);
            if (verified.Holds)
            {
                return (new StepEnd(step.Number, StepState.Verified, attempt), default, null);
            }

            var again = RetryDecision.Decide(verified.Failure, verified.RetryAfter, look, schedule, KeyOf(step) + ":verify");
            if (!again.Again || look >= looks)
            {
                // Nothing more is tried in this round; a revocation stays open, a grant counts as failed and its group is undone.
                return (null, new RetryDecision(false, default), $"not verified: {verified.Message}");
            }

            await WaitAsync(again.After, step.TakesAway ? CancellationToken.None : interruption.Giving);
            if (!step.TakesAway && interruption.Giving.IsCancellationRequested)
            {
                return (new StepEnd(step.Number, StepState.Superseded, attempt, interruption.Stopped), default, null);
            }
        }
    }

    /// <summary>One attempt; null when nothing more may be given by the time the store is back. Taking away goes on whatever has happened since.</summary>
    async Task<StepAnswer?> ApplyAsync(StepOutline step, int attempt)
    {
        try
        {
            return await CallAsync<StepAnswer>(WorkflowNames.Apply, step, attempt, step.TakesAway ? CancellationToken.None : interruption.Giving)
                ?? StepAnswer.Failed(Connectors.FailureKind.OutcomeUnknown, "the activity failed");
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    async Task<T?> CallAsync<T>(string activity, StepOutline step, int attempt, CancellationToken stop = default)
        where T : class
    {
        try
        {
            return await calls.CallAsync<T>(activity, new StepInput(identityId, _context.InstanceId, step.Number, attempt), stop);
        }
        catch (WorkflowTaskFailedException)
        {
            // Activities answer failures of a target as data; what is thrown otherwise is a defect's, and the step's fate is unknown.
            return null;
        }
    }

    async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await _context.CreateTimer(_context.CurrentUtcDateTime + wait, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Overtaken while waiting; the caller looks.
        }
    }

    string KeyOf(StepOutline step) => $"{_context.InstanceId}:{step.Number}";
}
