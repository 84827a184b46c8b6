using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>Finds drift that is recorded as queued and that nobody works on: its message was lost, its time has come, or its run is gone.</summary>
sealed class DriftSweep(MeshStores stores, MeshConfiguration configuration, IDriftRemediation remediation, Func<IDriftQueue> queue)
{
    /// <summary>Messages of one target a sweep sends at most; the others follow with the next.</summary>
    const int MostSent = 1_000;

    /// <summary>Names of the targets to sweep.</summary>
    public IEnumerable<string> Targets => configuration.Targets.Keys;

    /// <summary>Sweeps one target.</summary>
    public async Task SweepAsync(string target, CancellationToken cancellationToken)
    {
        var sent = 0;
        await foreach (var item in stores.Drifts.ReadQueuedAsync(target, cancellationToken))
        {
            if (item.NotBefore > stores.Clock.GetUtcNow() || (item.MendedBy is null && sent >= MostSent))
            {
                continue;
            }

            var drift = DriftMessage.Of(item);
            if (item.MendedBy is not null || await IsBegunAsync(drift, cancellationToken))
            {
                // Its event brings it further, or has ended without it. A broker would drop a message it has seen.
                await remediation.RemediateAsync(drift, cancellationToken);
            }
            else
            {
                sent = await queue().SendAsync(drift, cancellationToken) ? sent + 1 : MostSent;
            }
        }
    }

    async Task<bool> IsBegunAsync(DriftMessage drift, CancellationToken cancellationToken) =>
        await stores.Inbox.FindAsync(Inbox.KeyOf(MeshSource.Name, DriftLook.IdOf(drift)), cancellationToken) is not null;
}
