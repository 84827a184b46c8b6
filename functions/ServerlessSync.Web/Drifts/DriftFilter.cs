using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Web.Drifts;

/// <summary>Which open drift is meant; null means any.</summary>
/// <param name="Target">The target.</param>
/// <param name="Kind">A kind among its differences.</param>
/// <param name="Severity">How bad it is: the gravest of its differences.</param>
/// <param name="State">Where it stands.</param>
public sealed record DriftFilter(string? Target, DriftKind? Kind, DriftSeverity? Severity, DriftState? State)
{
    /// <summary>Whether an item is meant.</summary>
    public bool Takes(DriftItem item) =>
        (Kind is null || item.Findings.Any(f => f.Kind == Kind)) && (Severity is null || item.Severity == Severity) && (State is null || item.State == State);
}
