using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Open drift of one kind in one target.</summary>
/// <param name="Target">The target.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Count">How many differences.</param>
/// <param name="Oldest">How long ago the first of them was found.</param>
/// <param name="Median">The age half of them have not reached.</param>
public sealed record DriftCount(string Target, DriftKind Kind, DriftSeverity Severity, int Count, TimeSpan Oldest, TimeSpan Median);
