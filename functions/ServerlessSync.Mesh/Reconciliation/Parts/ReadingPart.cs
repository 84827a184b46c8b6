using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A part that reads: what a call of it came to is written once, with the runs and the counts that count for it.</summary>
sealed class ReadingPart(ComparisonWork comparison, IComparisonPart part) : IComparisonPart
{
    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        if (await comparison.Calls.FindAsync(call, cancellationToken) is not { } ended)
        {
            if (call.Number == 0)
            {
                // A place that is taken from here on would be behind what is read now.
                await TakePlacePart.CloseAsync(comparison, call, cancellationToken);
            }

            comparison.KeepNotes();
            var answer = await part.RunAsync(call, cancellationToken);
            if (answer.Abandoned is not null)
            {
                return answer;
            }

            // A read takes its time, and another attempt may have ended meanwhile: what that one counted stands.
            ended = await comparison.Calls.AddAsync(call, new ReadCall(answer, comparison.Written, comparison.Kept(), comparison.Place), cancellationToken);
        }

        await comparison.NoteAsync(ended.Counts ?? new ReadCounts(), cancellationToken);
        if (ended.Place is { } place)
        {
            await comparison.Stores.Reconciliations.FollowAsync(
                call.Target, call.Run, followed => (followed ?? new FollowedChanges()) with { Taken = place }, cancellationToken);
        }

        return ended.Answer;
    }
}
