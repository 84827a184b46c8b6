using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// One attempt at a step. Before the effect: the before-image is recorded, and it is asked whether the run is still at work, and for a step that
/// gives something whether a termination has been queued since it began. After it: the answer, the registry and the audit in one commit. A step
/// that is recorded as done answers what it answered.
/// What is taken away leaves the registry only when the read-back has shown it gone: until then the next plan must know of it.
/// </summary>
sealed class ApplyActivity(StepWork work) : IActivity<StepInput, StepAnswer>
{
    public async Task<StepAnswer> RunAsync(StepInput input, CancellationToken cancellationToken)
    {
        var record = new StepRecord(work.Stores, input);
        var plan = await record.LoadPlanAsync(cancellationToken);
        var step = plan.Steps[input.Number];
        var row = await record.LoadAsync(cancellationToken);

        // A revocation that was read back and found undone again is done again: only what gives is answered from the record.
        if (row is { Progress: not StepProgress.Intended, Answer: { } answered } && !step.Operation.TakesAway())
        {
            return answered;
        }

        try
        {
            return await AttemptAsync(input, plan, step, row, record, cancellationToken);
        }
        catch (ConnectorException e)
        {
            return StepAnswer.Failed(e.Kind, e.Message, e.RetryAfter);
        }
    }

    async Task<StepAnswer> AttemptAsync(StepInput input, Plan plan, PlanStep step, StepRow? row, StepRecord record, CancellationToken cancellationToken)
    {
        var effect = await work.EffectAsync(input, step, cancellationToken);
        var standing = await record.FindStandingAsync(plan, step, cancellationToken);
        if (row is null && standing == RunStanding.AtWork)
        {
            await record.IntendAsync(plan, step, await effect.ReadBeforeAsync(cancellationToken), work.FactsFor(step), cancellationToken);

            // Once more, just before the effect: reading the before-image may have taken a while.
            standing = await record.FindStandingAsync(plan, step, cancellationToken);
        }

        if (standing == RunStanding.Over)
        {
            return StepAnswer.Of(WriteOutcome.Superseded, "the run is no longer at work");
        }

        if (standing == RunStanding.Superseded)
        {
            var superseded = StepAnswer.Of(WriteOutcome.Superseded, "a termination has been queued since, or another run acts in this one's place");
            await record.EnforceAsync(step, superseded, _ => Task.CompletedTask, cancellationToken);
            return superseded;
        }

        var result = await effect.ApplyAsync(cancellationToken);
        if (step.Operation == StepOperation.Create && result.Key is { } key && result.Outcome != WriteOutcome.Refused)
        {
            // Before the account is recorded: once it is, the step is not done again. Whoever reads the row checks the record.
            await work.Stores.AccountKeys.AddAsync(step.Target, key, input.IdentityId, cancellationToken);
        }

        var answer = StepAnswer.Of(result.Outcome, result.Message);
        await record.EnforceAsync(
            step,
            answer,
            edit => result.Outcome is WriteOutcome.Applied or WriteOutcome.AlreadyInPlace && !step.Operation.TakesAway()
                ? RegistryChange.ApplyAsync(edit, step, result, work.FactsFor(step), cancellationToken)
                : Task.CompletedTask,
            cancellationToken);
        return answer;
    }
}
