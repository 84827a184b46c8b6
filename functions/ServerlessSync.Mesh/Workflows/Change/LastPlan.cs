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
            var row = await stores.Partitions.ReadAsync<PreparedRow>(
                TableNames.Identities, identityId, IdentityKeys.Plan(Lanes.RunId(identityId, number)), cancellationToken);
            if (row is { Stale: false })
            {
                return row.Plan.Denied;
            }
        }

        return [];
    }
}
