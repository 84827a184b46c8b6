using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Looks again at every suspect. Who is in flight is looked at again twice, after a while each; whoever is in flight then is left for the next
/// comparison.
/// </summary>
sealed class ConfirmPart(ComparisonWork comparison) : IComparisonPart
{
    const int AtOnce = 8;
    const int OfOneCall = 6 * AtOnce;

    static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)];

    readonly SecondLook _look = new(comparison.Compared);
    readonly DriftPolicy _policy = new(comparison);

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var cursor = PartCursor.Read<Cursor>(call.Cursor);
        var wanted = cursor.Round == 0 ? SuspectState.Open : SuspectState.InFlight;
        var taken = await comparison.TakeAsync(cursor.After, OfOneCall, s => s.State == wanted, cancellationToken);
        var (inFlight, reached) = (cursor.InFlight, cursor.After);
        foreach (var some in taken.Chunk(AtOnce))
        {
            Suspect[] seen;
            // The attempts were at the first of them alone.
            _look.LastAttempt = call.LastAttempt && reached == cursor.After;
            try
            {
                seen = await Task.WhenAll(some.Select(s => LookAsync(s.Suspect, cancellationToken)));
            }
            catch (ConnectorException e) when (reached != cursor.After)
            {
                // What was seen is kept, and the attempts at the others are counted from here.
                return PartAnswer.Failed(e) with { Cursor = PartCursor.Write(cursor with { After = reached, InFlight = inFlight }) };
            }

            await comparison.SaveAsync(seen, cancellationToken);
            inFlight += seen.Count(s => s.State == SuspectState.InFlight);
            reached = some[^1].Key;
        }

        if (taken.Count == OfOneCall)
        {
            return PartAnswer.GoOn(PartCursor.Write(cursor with { After = reached, InFlight = inFlight }));
        }

        return inFlight > 0 && cursor.Round < Waits.Length
            ? PartAnswer.GoOn(PartCursor.Write(new Cursor { Round = cursor.Round + 1 }), Waits[cursor.Round])
            : PartAnswer.Done;
    }

    async Task<Suspect> LookAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        var seen = await _look.LookAsync(suspect, cancellationToken);
        var looked = suspect with { State = seen.State, Findings = seen.Findings, AccountKey = seen.AccountKey };
        if (seen.State != SuspectState.Confirmed)
        {
            return looked;
        }

        var (decided, reason) = await _policy.DecideAsync(looked, seen.Status, cancellationToken);
        return decided == DriftState.Queued
            ? looked with { Decided = decided, Reason = reason, LetThrough = await GuardWindow.LetThroughAsync(comparison, looked.IdentityId!, cancellationToken) }
            : looked with { Decided = decided, Reason = reason };
    }

    sealed record Cursor
    {
        public int Round { get; init; }

        public string? After { get; init; }

        public int InFlight { get; init; }
    }
}
