using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Asks the store whether a run has been overtaken.</summary>
sealed class LookActivity(MeshStores stores) : IActivity<LookInput, LookAnswer>
{
    public async Task<LookAnswer> RunAsync(LookInput input, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(input.IdentityId, cancellationToken);
        var newer = false;
        foreach (var entry in await stores.Lanes.ReadWaitingAsync(input.IdentityId, lane, cancellationToken))
        {
            newer |= entry.Kind != ChangeKind.Look && !await IsStaleAsync(input.IdentityId, entry, cancellationToken);
        }

        return new LookAnswer(lane.Epoch > input.Epoch, newer);
    }

    async Task<bool> IsStaleAsync(string identityId, LaneEntry entry, CancellationToken cancellationToken)
    {
        var record = await stores.Partitions.ReadAsync<SourceRecord>(
            TableNames.Identities, identityId, IdentityKeys.Source(entry.Source), cancellationToken);
        return record is not null && entry.Sequence is { } sequence && EventOrder.IsStale(record, entry.Kind, sequence);
    }
}
