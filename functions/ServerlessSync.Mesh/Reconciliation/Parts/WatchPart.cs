using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Waits, within a bound, until the items that were sent first are mended; if they are not, nothing follows them.</summary>
sealed class WatchPart(ComparisonWork comparison) : IComparisonPart
{
    static readonly TimeSpan Between = TimeSpan.FromSeconds(15);
    static readonly TimeSpan AtMost = TimeSpan.FromMinutes(30);

    readonly SecondLook _look = new(comparison.Compared);

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        if ((await comparison.TakeAsync(null, 1, s => s.Follows, cancellationToken)).Count == 0)
        {
            return PartAnswer.Done;
        }

        var until = PartCursor.Read<Cursor>(call.Cursor).Until ?? comparison.Now + AtMost;
        var first = await comparison.TakeAsync(
            null, comparison.Configuration.Reconcile.Canary, s => s.Placed == DriftState.Queued && s.Decided == DriftState.Queued, cancellationToken);
        var pending = 0;
        foreach (var (_, suspect) in first)
        {
            var item = await comparison.Stores.Drifts.FindAsync(comparison.Run.Target, suspect.IdentityId!, cancellationToken);
            switch (item is { SettledAt: null } && item.Opening == suspect.Opening ? await IsMendedAsync(item, suspect, cancellationToken) : true)
            {
                case false:
                    return await HaltAsync($"{item!.IdentityId} is not mended: {item.Reason}", cancellationToken);
                case null:
                    pending++;
                    break;
                default:
                    break;
            }
        }

        if (pending == 0)
        {
            return PartAnswer.Done;
        }

        return comparison.Now < until
            ? PartAnswer.GoOn(PartCursor.Write(new Cursor { Until = until }), Between)
            : await HaltAsync(FormattableString.Invariant($"{pending} of the first {first.Count} are not mended after {AtMost.TotalMinutes} minutes"), cancellationToken);
    }

    /// <summary>Whether what a plan can mend of an open item is mended, read again where the rest is asked of people; null when that is not known yet.</summary>
    async Task<bool?> IsMendedAsync(DriftItem item, Suspect suspect, CancellationToken cancellationToken)
    {
        if (item.State != DriftState.Asked)
        {
            return item.State == DriftState.Queued ? null : false;
        }

        var seen = await _look.LookAsync(suspect, cancellationToken);
        return seen.State == SuspectState.InFlight ? null : DriftPolicy.IsMended(suspect, seen);
    }

    async Task<PartAnswer> HaltAsync(string why, CancellationToken cancellationToken)
    {
        await comparison.NoteAsync(run => run with { Halted = why }, cancellationToken);
        return PartAnswer.Done;
    }

    sealed record Cursor
    {
        public DateTimeOffset? Until { get; init; }
    }
}
