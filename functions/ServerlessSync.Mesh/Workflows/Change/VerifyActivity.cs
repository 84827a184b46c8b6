using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Reads a step's target back and records what was found; what was taken away leaves the registry with it.</summary>
sealed class VerifyActivity(StepWork work) : IActivity<StepInput, VerifyAnswer>
{
    public async Task<VerifyAnswer> RunAsync(StepInput input, CancellationToken cancellationToken)
    {
        var record = new StepRecord(work.Stores, input);
        var step = (await record.LoadPlanAsync(cancellationToken)).Steps[input.Number];
        string? key;
        try
        {
            var effect = await work.EffectAsync(input, step, cancellationToken);
            if (await effect.FindMismatchAsync(cancellationToken) is { } mismatch)
            {
                return VerifyAnswer.No(mismatch);
            }

            key = effect.LastFound;
        }
        catch (ConnectorException e)
        {
            return VerifyAnswer.No(e.Message, e.Kind, e.RetryAfter);
        }

        if (step.Operation is StepOperation.RevokeAll or StepOperation.Prove)
        {
            await RegistryChange.ForgetManyGrantsAsync(work.Stores, input.IdentityId, step.Target, cancellationToken);
        }

        await record.VerifyAsync(
            step,
            edit => step.Operation.TakesAway()
                ? RegistryChange.ApplyAsync(edit, step, new EffectResult(WriteOutcome.Applied, key, null), work.FactsFor(step), cancellationToken)
                : Task.CompletedTask,
            cancellationToken);
        return VerifyAnswer.Yes;
    }
}
