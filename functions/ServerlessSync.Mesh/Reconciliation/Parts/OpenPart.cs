using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Opens an item for each confirmed suspect. The first of those to be mended are sent on their way; the others wait for them, held.
/// </summary>
sealed class OpenPart(ComparisonWork comparison) : IComparisonPart
{
    const int OfOneCall = 50;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var cursor = PartCursor.Read<Cursor>(call.Cursor);
        var taken = await comparison.TakeAsync(cursor.After, OfOneCall, s => s.State == SuspectState.Confirmed, cancellationToken);
        var (sent, waits) = (cursor.Sent, false);
        foreach (var (_, suspect) in taken)
        {
            var placed = await TryOpenAsync(Place(suspect, sent), cancellationToken);
            sent += placed.Placed == DriftState.Queued ? 1 : 0;
            waits |= Waiting.IsForWindow(placed.Placed, placed.Reason);
            await comparison.SaveAsync([placed], cancellationToken);
        }

        await comparison.NoteWaitingAsync(waits, cancellationToken);

        return taken.Count == OfOneCall ? PartAnswer.GoOn(PartCursor.Write(new Cursor { After = taken[^1].Key, Sent = sent })) : PartAnswer.Done;
    }

    Suspect Place(Suspect suspect, int sent)
    {
        var (state, reason) = Placing.Of(suspect, comparison.Run, comparison.Configuration.Reconcile, comparison.Now);
        return state != DriftState.Queued || sent < comparison.Configuration.Reconcile.Canary
            ? suspect with { Placed = state, Reason = reason }
            : suspect with { Placed = DriftState.Held, Follows = true, Reason = Waiting.ForFirst };
    }

    /// <summary>What the guard lets through is counted with the item, whether it is sent at once or when its time comes.</summary>
    DriftItem ItemOf(Suspect suspect) => suspect.Decided == DriftState.Queued && Placing.FindGuard(suspect, comparison.Run) is null
        ? comparison.ItemOf(suspect) with
        {
            LetThrough = GuardWindow.CountedAnew(suspect, comparison.Run.Number, comparison.Run.CountedFrom).ToDictionary(kind => kind, _ => comparison.Run.Number),
        }
        : comparison.ItemOf(suspect);

    /// <summary>An item that cannot be read is handed to its owner and holds up no other.</summary>
    async Task<Suspect> TryOpenAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(suspect, cancellationToken);
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Corrupt, Row: not null })
        {
            await comparison.Services.Damaged.ReportAsync(e, cancellationToken);
            return suspect with { State = SuspectState.Unreadable, Placed = null, Follows = false };
        }
    }

    async Task<Suspect> OpenAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        var state = suspect.Placed!.Value;
        if (state == DriftState.Settled)
        {
            return suspect;
        }

        var found = ItemOf(suspect);
        var item = await comparison.Stores.Drifts.OpenAsync(found, state, cancellationToken);
        if (!Placing.IsKept(item, state, item.Findings, f => f.FirstSeen >= comparison.Run.StartedAt) && (item.State != state || item.Reason != suspect.Reason))
        {
            item = await comparison.Stores.Drifts.MoveAsync(
                item, open => open with { State = state, Reason = suspect.Reason, Owner = found.Owner, Due = found.Due }, cancellationToken) ?? item;
        }

        if (item.State == DriftState.Queued)
        {
            await comparison.Services.SendAsync(item, cancellationToken);
        }

        return suspect with { Placed = item.State, Opening = item.Opening, Follows = suspect.Follows && item.State == DriftState.Held };
    }

    sealed record Cursor
    {
        public string? After { get; init; }

        public int Sent { get; init; }
    }
}
