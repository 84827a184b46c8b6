using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Looks again at every suspect. Whoever turns out to hold an account of nobody becomes one, and is looked at as well. Who is in flight is looked at
/// again twice, after a while each; whoever is in flight then is left for the next comparison.
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

        // Accounts of nobody come first, and never together with identities: what they add to these is not written over.
        foreach (var some in taken.GroupBy(t => t.Suspect.IdentityId is null).SelectMany(alike => alike.Chunk(AtOnce)))
        {
            // The attempts were at the first of them alone.
            _look.LastAttempt = call.LastAttempt && reached == cursor.After;
            (Suspect Suspect, string? Holder)[] seen;
            try
            {
                seen = await Task.WhenAll(some.Select(s => LookAsync(s.Suspect, cancellationToken)));
            }
            catch (ConnectorException e) when (reached != cursor.After)
            {
                // What was seen is kept, and the attempts at the others are counted from here.
                return PartAnswer.Failed(e) with { Cursor = PartCursor.Write(cursor with { After = reached, InFlight = inFlight }) };
            }

            Suspect[] holders = [.. seen.Where(s => s.Holder is not null).Select(s => new Suspect { IdentityId = s.Holder, AccountKeys = s.Suspect.AccountKeys })];
            await comparison.SuspectAsync(holders, cancellationToken);
            await comparison.SaveAsync([.. seen.Select(s => s.Suspect)], cancellationToken);
            inFlight += seen.Count(s => s.Suspect.State == SuspectState.InFlight);
            reached = some[^1].Key;
            if (holders.Length > 0)
            {
                return PartAnswer.GoOn(PartCursor.Write(cursor with { After = reached, InFlight = inFlight }));
            }
        }

        if (taken.Count == OfOneCall)
        {
            return PartAnswer.GoOn(PartCursor.Write(cursor with { After = reached, InFlight = inFlight }));
        }

        return inFlight > 0 && cursor.Round < Waits.Length
            ? PartAnswer.GoOn(PartCursor.Write(new Cursor { Round = cursor.Round + 1 }), Waits[cursor.Round])
            : PartAnswer.Done;
    }

    async Task<(Suspect Suspect, string? Holder)> LookAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        var known = await KnownDrift.ReadAsync(comparison, suspect, cancellationToken);
        var seen = known.Complete(await _look.LookAsync(known.Widen(suspect), cancellationToken));
        var looked = suspect with { State = seen.State, Findings = seen.Findings, AccountKey = seen.AccountKey };
        if (seen.State != SuspectState.Confirmed)
        {
            return (looked, seen.Holder);
        }

        var (decided, reason) = await _policy.DecideAsync(looked, seen.Status, cancellationToken);
        looked = looked with { Decided = decided, Reason = reason };
        return (decided == DriftState.Queued ? await GuardWindow.RecallAsync(comparison, looked, cancellationToken) : looked, null);
    }

    sealed record Cursor
    {
        public int Round { get; init; }

        public string? After { get; init; }

        public int InFlight { get; init; }
    }
}
