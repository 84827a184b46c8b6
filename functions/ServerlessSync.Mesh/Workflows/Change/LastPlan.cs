using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Reads what the last plan of an identity decided.</summary>
public static class LastPlan
{
    /// <summary>What policy did not allow in the identity's newest plan.</summary>
    public static async Task<IReadOnlyList<PolicyDecision>> DeniedAsync(MeshStores stores, string identityId, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(identityId, cancellationToken);
        for (var number = lane.Run is null ? lane.Next - 1 : lane.Next; number > 0; number--)
        {
            PreparedRow? newest = null;
            var plans = stores.Partitions.ReadAllAsync<PreparedRow>(
                TableNames.Identities, identityId, IdentityKeys.Plan(Lanes.RunId(identityId, number)), cancellationToken);
            await foreach (var row in plans)
            {
                newest = row;
            }

            if (newest is { Stale: false })
            {
                return newest.Plan.Denied;
            }
        }

        return [];
    }
}
