namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Forgets what the comparison before has left: its suspects, and what it had sorted if it did not come to its end.</summary>
sealed class ClearPart(ComparisonWork comparison) : IComparisonPart
{
    const int BatchesAtOnce = 20;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var before = comparison.Run.Number - 1;
        foreach (var side in Sides.All)
        {
            await comparison.Services.Runs().DropAsync(Sides.Of(comparison.Run.Target, before, side), cancellationToken);
        }

        for (var batch = 0; batch < BatchesAtOnce; batch++)
        {
            if (!await comparison.Stores.Suspects.ForgetAsync(comparison.Run.Target, before, cancellationToken))
            {
                return PartAnswer.Done;
            }
        }

        return PartAnswer.GoOn(nameof(PartNames.Clear));
    }
}
