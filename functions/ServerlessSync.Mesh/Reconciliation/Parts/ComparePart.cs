using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Merges two sides and notes whoever differs as a suspect. Where it stands is its cursor.</summary>
abstract class ComparePart(ComparisonWork comparison, string expected, string found) : IComparisonPart
{
    /// <summary>What is compared again, at most, after a crash; each call opens every run anew.</summary>
    const int KeysAtOnce = 500_000;

    /// <summary>What is kept in memory of one call, about.</summary>
    const int DifferencesAtOnce = 50_000;

    const int KeysBetween = 10_000;

    protected ComparisonWork Work => comparison;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var position = call.Cursor is null ? [] : Convert.FromBase64String(call.Cursor);
        var differences = new Differences(Schema);
        var compared = 0L;
        byte[]? next;
        await using (var merge = await OpenAsync(position, cancellationToken))
        {
            for (var keys = 0; !merge.Ended && keys < KeysAtOnce && differences.Keys.Count < DifferencesAtOnce; keys += KeysBetween)
            {
                compared += (await merge.RunAsync(differences, KeysBetween, cancellationToken)).Keys;
            }

            next = merge.Ended ? null : merge.ToPosition();
        }

        if (FindFault(differences, compared) is { } fault)
        {
            return PartAnswer.GiveUp(fault);
        }

        await comparison.SuspectAsync(await ToSuspectsAsync(differences, cancellationToken), cancellationToken);
        return next is null ? PartAnswer.Done : PartAnswer.GoOn(Convert.ToBase64String(next));
    }

    protected abstract ImageSchema Schema { get; }

    /// <summary>Why the read cannot be believed, given how many keys the call has met; or null.</summary>
    protected virtual string? FindFault(Differences differences, long keys) => null;

    protected abstract Task<IReadOnlyCollection<Suspect>> ToSuspectsAsync(Differences differences, CancellationToken cancellationToken);

    async Task<Comparison> OpenAsync(byte[] position, CancellationToken cancellationToken) => Comparison.Open(
        comparison.Services.Runs(), await comparison.RunsAsync(expected, cancellationToken), await comparison.RunsAsync(found, cancellationToken), position);
}
