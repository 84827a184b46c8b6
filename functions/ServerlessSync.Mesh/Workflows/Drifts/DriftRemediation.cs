using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>
/// Begins to mend a drift by putting a look into its identity's lane. The item decides, not the message: one that comes twice, late, or for another
/// opening does nothing. What it begins is mended by an ordinary plan, and the run that carries it out settles the item.
/// </summary>
sealed class DriftRemediation(MeshStores stores, MeshConfiguration configuration, EventBringer bringer) : IDriftRemediation
{
    /// <inheritdoc/>
    /// <exception cref="StoreException">Nothing can be read or recorded now; the message must come again.</exception>
    public async Task<MessageRefusal?> RemediateAsync(DriftMessage drift, CancellationToken cancellationToken)
    {
        if (await stores.Drifts.FindAsync(drift.Target, drift.IdentityId, cancellationToken) is not { } item)
        {
            return new MessageRefusal("unknown-drift", $"No drift of {drift.IdentityId} in {drift.Target} is recorded.");
        }

        if (!IsDue(item, drift) || item.NotBefore > stores.Clock.GetUtcNow())
        {
            return null;
        }

        var look = DriftLook.Of(drift, stores.Clock.GetUtcNow());
        var key = Inbox.KeyOf(look.Source, look.Id);
        var row = await stores.Inbox.FindAsync(key, cancellationToken);
        if (row is { HasEnded: true })
        {
            // A run that comes to its end settles the item before its event.
            await HoldAsync(item, drift, $"run {row.Run} ended without mending it: {row.Reason ?? "it did not come to its end"}", cancellationToken);
            return null;
        }

        if (row is null)
        {
            if (await WhyHeldAsync(item, cancellationToken) is { } reason)
            {
                await NoteWaitingAsync(item.Target, reason, cancellationToken);
                await HoldAsync(item, drift, reason, cancellationToken);
                return null;
            }

            await stores.Inbox.AcceptAsync([look], cancellationToken);
        }

        await bringer.BringAsync(key, cancellationToken);
        if (await stores.Lanes.FindNumberAsync(drift.IdentityId, look, cancellationToken) is { } number)
        {
            var run = Lanes.RunId(drift.IdentityId, number);
            await stores.Drifts.MoveAsync(item, now => IsDue(now, drift) ? now with { MendedBy = run } : now, cancellationToken);
        }

        return null;
    }

    static bool IsDue(DriftItem item, DriftMessage drift) =>
        item is { SettledAt: null, State: DriftState.Queued } && item.Opening == drift.Opening && item.Attempt == drift.Attempt;

    Task<DriftItem?> HoldAsync(DriftItem item, DriftMessage drift, string reason, CancellationToken cancellationToken) =>
        stores.Drifts.MoveAsync(item, now => IsDue(now, drift) ? now with { State = DriftState.Held, Reason = reason } : now, cancellationToken);

    /// <summary>Why nothing is begun; null when it may be.</summary>
    async Task<string?> WhyHeldAsync(DriftItem item, CancellationToken cancellationToken)
    {
        if (configuration.Targets.GetValueOrDefault(item.Target) is not { Stage: TargetStage.Enforce })
        {
            return $"{item.Target} is not enforced, or is not in mesh.yaml any more";
        }

        if (await stores.Registry.FindAsync(item.IdentityId!, cancellationToken) is null)
        {
            return "no such identity is recorded";
        }

        var isOpen = item.ByPerson || configuration.Targets[item.Target].Reconcile.IsOpenAt(stores.Clock.GetUtcNow());
        return await stores.Exceptions.WhyHeldAsync(item.IdentityId!, item.Target, cancellationToken) ?? (isOpen ? null : Waiting.ForWindow);
    }

    /// <summary>Before the item is held: whoever looks when a window opens asks the newest comparison whether any waits.</summary>
    async Task NoteWaitingAsync(string target, string reason, CancellationToken cancellationToken)
    {
        if (reason == Waiting.ForWindow && await stores.Reconciliations.FindLastAsync(target, cancellationToken) is { WaitsForWindow: false } last)
        {
            await stores.Reconciliations.ChangeAsync(target, last.Run, run => run with { WaitsForWindow = true }, cancellationToken);
        }
    }
}
