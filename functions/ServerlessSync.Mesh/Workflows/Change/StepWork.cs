using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What the step activities work with.</summary>
sealed class StepWork(MeshStores stores, TargetSet targets, MeshConfiguration configuration)
{
    public MeshStores Stores => stores;

    public StepFacts FactsFor(PlanStep step) => new(configuration.OwnerOf(step.Target), stores.Clock.GetUtcNow());

    public async Task<StepEffect> EffectAsync(StepInput input, PlanStep step, CancellationToken cancellationToken)
    {
        var account = await stores.Registry.FindAccountAsync(input.IdentityId, step.Target, cancellationToken);
        var key = account is { Status: not AccountStatus.Deleted } ? account.Key : null;
        return new StepEffect(targets[step.Target], step, input.IdentityId, key, $"{input.Run}:{step.Name}");
    }
}
