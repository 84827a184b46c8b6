using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>The event that mends a drift: a look at its identity that reads the target first.</summary>
static class DriftLook
{
    /// <summary>Its id: one event however often the message comes.</summary>
    public static string IdOf(DriftMessage drift) => $"drift-{drift.MessageId}";

    /// <summary>Makes it.</summary>
    public static ChangeEvent Of(DriftMessage drift, DateTimeOffset now) =>
        MeshSource.Look(drift.IdentityId, IdOf(drift), now, observe: [drift.Target]);

    /// <summary>Whether an event is that of the drift, or an operator's repetition of it.</summary>
    public static bool Is(ChangeEvent change, DriftMessage drift) => IdOf(drift) is var id && (change.Id == id || change.ReplayOf == id);
}
