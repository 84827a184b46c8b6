using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Takes the place from which changes will be followed, before a complete comparison reads. A dry run takes none: it leaves all as it was.</summary>
sealed class TakePlacePart(ComparisonWork comparison) : IComparisonPart
{
    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        if (comparison.Run.DryRun || comparison.Compared.Target.Changes is not { } feed)
        {
            return PartAnswer.Done;
        }

        var page = await comparison.Compared.Target.CallAsync(token => feed.ReadChangesAsync(null, token), cancellationToken);
        var taken = page switch
        {
            { ReadEverything: { } reason } => new TakenPlace(call.Run, null, Words.Short($"the target cannot tell what changed: {reason}")),
            { Cursor: { Length: <= PagePosition.LongestToken } cursor } => new TakenPlace(call.Run, cursor),
            _ => new TakenPlace(call.Run, null, "the target gave no usable place to follow changes from"),
        };
        if (await CloseAsync(comparison, call, cancellationToken))
        {
            await comparison.Stores.Reconciliations.FollowAsync(
                call.Target, call.Run, followed => (followed ?? new FollowedChanges()) with { Taken = taken, ReadEverything = false }, cancellationToken);
        }

        return PartAnswer.Done;
    }

    /// <summary>From now on no other attempt takes a place for the comparison: neither one that hung, nor one that comes when reading has begun.</summary>
    /// <returns>False when that was so already.</returns>
    public static async Task<bool> CloseAsync(ComparisonWork comparison, PartCall call, CancellationToken cancellationToken)
    {
        var closed = new ReadCall(PartAnswer.Done, []);
        return ReferenceEquals(await comparison.Calls.AddAsync(call with { Part = PartNames.TakePlace, Number = 0 }, closed, cancellationToken), closed);
    }
}
