using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>One attempt at undoing a step, from its before-image, read back before it counts.</summary>
sealed class UndoActivity(StepWork work) : IActivity<StepInput, VerifyAnswer>
{
    public async Task<VerifyAnswer> RunAsync(StepInput input, CancellationToken cancellationToken)
    {
        var record = new StepRecord(work.Stores, input);
        var plan = await record.LoadPlanAsync(cancellationToken);
        var step = plan.Steps[input.Number];
        var row = await record.LoadAsync(cancellationToken);
        if (row is { Progress: StepProgress.Undone })
        {
            return VerifyAnswer.Yes;
        }

        if ((await work.Stores.Lanes.FindAsync(input.IdentityId, cancellationToken)).Run != input.Run)
        {
            return VerifyAnswer.No("another run acts in this one's place", FailureKind.Rejected);
        }

        var before = row?.Before ?? new BeforeImage(null, null, null);
        var evidence = "nothing to undo: the step never began";
        try
        {
            if (row is not null && row.Answer?.Outcome is not (WriteOutcome.Refused or WriteOutcome.Superseded))
            {
                var effect = await work.EffectAsync(input, step, cancellationToken);
                await record.DoubtAsync(step, cancellationToken);
                if (await record.FindStandingAsync(plan, step, cancellationToken) == RunStanding.Over)
                {
                    return VerifyAnswer.No("the run is no longer at work");
                }

                evidence = await effect.UndoAsync(before, cancellationToken);
                if (await effect.FindUndoMismatchAsync(before, cancellationToken) is { } mismatch)
                {
                    return VerifyAnswer.No(mismatch);
                }
            }
        }
        catch (ConnectorException e)
        {
            return VerifyAnswer.No(e.Message, e.Kind, e.RetryAfter);
        }

        await record.UndoAsync(
            step,
            evidence,
            edit => row is null ? Task.CompletedTask : RegistryChange.UndoAsync(edit, step, before, cancellationToken),
            cancellationToken);
        return VerifyAnswer.Yes;
    }
}
