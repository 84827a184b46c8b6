using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Whether drift waits for a maintenance window that is open now. It is compared again then, with every guard, and mended; so nobody waits for ever whose
/// target's schedule and windows never meet. Within a window that is tried once an hour.
/// </summary>
sealed class WindowedDrift(MeshStores stores)
{
    public async Task<ScheduledStart?> FindDueAsync(string target, ReconcileConfiguration reconcile, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        if (reconcile.Windows.Count == 0 || !reconcile.IsOpenAt(now))
        {
            return null;
        }

        var start = new ScheduledStart(target, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour)), TimeSpan.Zero, 0) { ForWindow = true };
        await foreach (var run in stores.Reconciliations.ReadAsync(target, null, static _ => { }, cancellationToken))
        {
            if (run.Run == start.Run)
            {
                return null;
            }

            if (run.WaitsForWindow || run.IsWhole)
            {
                return run.WaitsForWindow ? start : null;
            }
        }

        return null;
    }
}
