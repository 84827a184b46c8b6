namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A position is not one of these runs. The comparison begins at its start again.</summary>
/// <param name="reason">Why, as the end of a sentence.</param>
public sealed class StalePositionException(string reason) : Exception($"The position does not fit the sorted runs: {reason}.");
