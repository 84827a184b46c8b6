using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Sends what waited for the first items, no faster than the target can be called; or, where they were not mended, says why it is held. What is
/// left when a maintenance window closes waits for the next comparison, which begins when one opens at the latest.
/// </summary>
sealed class QueuePart(ComparisonWork comparison) : IComparisonPart
{
    const int OfOneCall = 50;

    /// <summary>Calls of a target that mending one item takes, about.</summary>
    const int CallsOfOne = 8;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var taken = await comparison.TakeAsync(call.Cursor, OfOneCall, s => s.Follows, cancellationToken);
        var waits = false;
        foreach (var (_, suspect) in taken)
        {
            if (!await comparison.GoesOnAsync(cancellationToken))
            {
                return PartAnswer.GiveUp(DeadComparisons.Reason);
            }

            if (await comparison.IsPausedAsync(cancellationToken))
            {
                // What was sent before is marked, and is not taken by the same call again.
                await comparison.NoteWaitingAsync(waits, cancellationToken);
                return PartAnswer.Later(WorkActivity.WhilePaused);
            }

            var placed = await PlaceAsync(suspect, cancellationToken);
            waits |= Waiting.IsForWindow(placed.Placed, placed.Reason);
            await comparison.SaveAsync([placed], cancellationToken);
        }

        await comparison.NoteWaitingAsync(waits, cancellationToken);

        var wait = TimeSpan.FromSeconds(Math.Ceiling(OfOneCall * CallsOfOne / comparison.Configuration.Limit.RatePerSecond));
        return taken.Count == OfOneCall
            ? PartAnswer.GoOn(taken[^1].Key, comparison.Run.Halted is null ? wait : TimeSpan.Zero)
            : PartAnswer.Done;
    }

    async Task<Suspect> PlaceAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        var held = comparison.Run.Halted is { } halted ? $"the first items were not mended: {halted}"
            : comparison.Configuration.Reconcile.IsOpenAt(comparison.Now) ? null
            : Waiting.ForWindow;
        var state = held is null ? DriftState.Queued : DriftState.Held;
        var item = comparison.ItemOf(suspect) with { Opening = suspect.Opening };
        var moved = await comparison.Stores.Drifts.MoveAsync(
            item, open => open.State == DriftState.Held ? open with { State = state, Reason = held } : open, cancellationToken);
        if (moved is { State: DriftState.Queued })
        {
            await comparison.Services.SendAsync(moved, cancellationToken);
        }

        return suspect with { Placed = moved?.State ?? DriftState.Settled, Reason = held, Follows = false };
    }
}
