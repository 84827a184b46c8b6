namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Whether the target answers and takes our credential, before anything is read.</summary>
sealed class ConnectPart(ComparisonWork comparison) : IComparisonPart
{
    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        await comparison.Compared.TestAsync(cancellationToken);
        return PartAnswer.Done;
    }
}
