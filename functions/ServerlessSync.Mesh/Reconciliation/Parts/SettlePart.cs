using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Settles open items that this comparison did not find, each only after target and record were read once more and agree.</summary>
sealed class SettlePart(ComparisonWork comparison) : IComparisonPart
{
    const int OfOneCall = 50;

    readonly SecondLook _look = new(comparison.Compared);

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        _look.LastAttempt = call.LastAttempt;
        var looked = 0;
        await foreach (var (token, item) in comparison.Stores.Drifts.ReadOpenAsync(comparison.Run.Target, call.Cursor, cancellationToken))
        {
            if (item.FoundBy == comparison.Run.Run || (!comparison.Run.CredentialsRead && item.Findings.Any(KnownDrift.IsOfCredential)))
            {
                continue;
            }

            if (!await IsSuspectedAsync(item, cancellationToken) && await _look.LookAsync(SuspectOf(item), cancellationToken) is { State: SuspectState.Gone } seen)
            {
                var how = seen.Holder is { } holder ? $"the account is known as {holder}'s now" : $"comparison {comparison.Run.Number} finds it no more";
                await comparison.Stores.Drifts.SettleAsync(item, how, cancellationToken);
            }
            else
            {
                await comparison.NoteWaitingAsync(Waiting.IsForWindow(item.State, item.Reason), cancellationToken);
            }

            if (++looked == OfOneCall)
            {
                return PartAnswer.GoOn(token);
            }
        }

        return PartAnswer.Done;
    }

    /// <summary>Whether this comparison was told of it, credentials among that which are not read again, and has not seen that it is gone.</summary>
    async Task<bool> IsSuspectedAsync(DriftItem item, CancellationToken cancellationToken) =>
        await comparison.Stores.Suspects.FindAsync(comparison.Run.Target, comparison.Run.Number, SuspectOf(item), cancellationToken) is { State: not SuspectState.Gone };

    static Suspect SuspectOf(DriftItem item) => new()
    {
        IdentityId = item.IdentityId,
        AccountKeys = item.IdentityId is null ? [item.AccountKey!] : [.. KnownDrift.OtherAccountsOf(item)],
    };
}
