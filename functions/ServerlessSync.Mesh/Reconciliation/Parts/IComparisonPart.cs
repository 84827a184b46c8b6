namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A part of a comparison, done in calls that may each be repeated.</summary>
interface IComparisonPart
{
    Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken);
}
