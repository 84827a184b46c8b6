using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Opens an item for each confirmed suspect. The first of those to be mended are sent on their way; the others wait for them, held. Who has left and can
/// still act comes first, and who was not mended before comes last: one that cannot be mended holds up nobody twice.
/// </summary>
sealed class OpenPart(ComparisonWork comparison) : IComparisonPart
{
    const int OfOneCall = 50;
    const int LastTurn = 2;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        for (var cursor = PartCursor.Read<Cursor>(call.Cursor); cursor.Turn <= LastTurn; cursor = cursor with { Turn = cursor.Turn + 1, After = null })
        {
            var taken = await comparison.TakeAsync(
                cursor.After, OfOneCall, s => s.State == SuspectState.Confirmed && TurnOf(s) == cursor.Turn, cancellationToken);
            cursor = cursor with { Sent = await OpenAsync(taken.Select(t => t.Suspect), cursor.Sent, cancellationToken) };
            if (taken.Count == OfOneCall)
            {
                return PartAnswer.GoOn(PartCursor.Write(cursor with { After = taken[^1].Key }));
            }
        }

        return PartAnswer.Done;
    }

    static int TurnOf(Suspect suspect) => suspect.Failed ? LastTurn : suspect.Findings.Any(f => f.Kind == DriftKind.ExpiredButAlive) ? 0 : 1;

    /// <summary>Opens some, and answers how many have been sent by now.</summary>
    async Task<int> OpenAsync(IEnumerable<Suspect> suspects, int sent, CancellationToken cancellationToken)
    {
        var waits = false;
        foreach (var suspect in suspects)
        {
            var placed = await TryOpenAsync(Place(suspect, sent), cancellationToken);
            sent += placed.Placed == DriftState.Queued ? 1 : 0;
            waits |= Waiting.IsForWindow(placed.Placed, placed.Reason);
            await comparison.SaveAsync([placed], cancellationToken);
        }

        await comparison.NoteWaitingAsync(waits, cancellationToken);
        return sent;
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

        public int Turn { get; init; }
    }
}
