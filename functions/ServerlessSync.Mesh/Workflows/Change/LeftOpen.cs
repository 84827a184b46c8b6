using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// What an earlier run gave for an event that is begun anew. It never came to its end, so no group of its plan is known to stand: all of it is
/// in doubt and planned again, that it may be given, or undone, together with what is still missing.
/// </summary>
static class LeftOpen
{
    /// <summary>Doubts what the newest earlier run that had a plan gave. Repeating it changes nothing until the next run has planned.</summary>
    public static async Task DoubtAsync(MeshStores stores, string identityId, string run, CancellationToken cancellationToken)
    {
        if (await FindPlanAsync(stores, identityId, run, cancellationToken) is not null)
        {
            return;
        }

        foreach (var earlier in Lanes.RunsBefore(run))
        {
            if (await FindPlanAsync(stores, identityId, earlier, cancellationToken) is { } plan)
            {
                await DoubtAsync(stores, plan, cancellationToken);
                return;
            }
        }
    }

    static async Task DoubtAsync(MeshStores stores, Plan plan, CancellationToken cancellationToken)
    {
        foreach (var step in plan.Steps.Where(s => s.Operation.Gives()))
        {
            var record = new StepRecord(stores, new StepInput(plan.IdentityId, plan.Run, step.Number, 1));
            if (await record.LoadAsync(cancellationToken) is not null)
            {
                await record.DoubtAsync(step, cancellationToken);
            }
        }
    }

    static async Task<Plan?> FindPlanAsync(MeshStores stores, string identityId, string run, CancellationToken cancellationToken) =>
        (await stores.Partitions.ReadAsync<PreparedRow>(TableNames.Identities, identityId, IdentityKeys.Plan(run), cancellationToken))?.Plan;
}
