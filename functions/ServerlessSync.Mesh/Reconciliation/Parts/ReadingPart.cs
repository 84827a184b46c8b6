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

        var answer = await part.RunAsync(call, cancellationToken);
        return answer.Abandoned is not null
            ? answer
            : (await comparison.Calls.AddAsync(call, new ReadCall(answer, comparison.Written), cancellationToken)).Answer;
    }
}
