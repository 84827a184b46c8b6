namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A part that writes sorted runs: what a call of it came to is written once, with the runs that count for it.</summary>
sealed class ReadingPart(ComparisonWork comparison, IComparisonPart part) : IComparisonPart
{
    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        if (await comparison.Calls.FindAsync(call, cancellationToken) is { } ended)
        {
            return ended.Answer;
        }

        comparison.KeepNotes();
        var answer = await part.RunAsync(call, cancellationToken);
        if (answer.Abandoned is not null)
        {
            return answer;
        }

        // A read takes its time, and another attempt may have ended meanwhile: what that one counted stands.
        if (await comparison.Calls.FindAsync(call, cancellationToken) is { } meanwhile)
        {
            return meanwhile.Answer;
        }

        await comparison.NoteKeptAsync(cancellationToken);
        return (await comparison.Calls.AddAsync(call, new ReadCall(answer, comparison.Written), cancellationToken)).Answer;
    }
}
