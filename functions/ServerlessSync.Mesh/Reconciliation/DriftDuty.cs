using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Who answers for drift that a person is asked about, and until when.</summary>
static class DriftDuty
{
    /// <summary>
    /// The item with the target's owner and the time by which they decide; the store keeps both while a person is asked. Whoever has left and can
    /// still act has the time a leaver has, everything else that of an exception.
    /// </summary>
    public static DriftItem WithDuty(this DriftItem item, MeshConfiguration configuration, DateTimeOffset now) => item with
    {
        Owner = configuration.OwnerOf(item.Target),
        Due = now + (item.Findings.Any(f => f.Kind == DriftKind.ExpiredButAlive) ? configuration.Deadlines.Leaver : configuration.Deadlines.Exception),
    };
}
