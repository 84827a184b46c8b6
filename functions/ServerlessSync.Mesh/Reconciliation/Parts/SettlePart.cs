using ServerlessSync.Mesh.Model;
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
            if (item.FoundBy == comparison.Run.Run || (!comparison.Run.CredentialsRead && item.Findings.Any(f => IsOfCredential(f.Kind))))
            {
                continue;
            }

            var seen = await _look.LookAsync(SuspectOf(item), cancellationToken);
            if (seen.State == SuspectState.Gone)
            {
                await comparison.Stores.Drifts.SettleAsync(item, $"comparison {comparison.Run.Number} finds it no more", cancellationToken);
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

    static bool IsOfCredential(DriftKind kind) => kind is DriftKind.StaleCredential or DriftKind.UnmanagedCredential;

    static Suspect SuspectOf(DriftItem item) => new()
    {
        IdentityId = item.IdentityId,
        AccountKeys = item.IdentityId is null ? [item.AccountKey!] : [.. item.Findings.Where(f => f.Kind == DriftKind.Duplicate).Select(f => f.Subject)],
    };
}
