using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>The source of events the mesh makes itself.</summary>
public static class MeshSource
{
    /// <summary>Its name; no source in mesh.yaml may have it.</summary>
    public const string Name = "mesh";

    /// <summary>An event that only says: look at this identity.</summary>
    /// <param name="identityId">The identity.</param>
    /// <param name="id">The event's id; the same cause has the same.</param>
    /// <param name="now">The time.</param>
    /// <param name="again">The run whose unfinished work is taken up again, or null.</param>
    /// <param name="observe">Targets to read first; null for none.</param>
    internal static ChangeEvent Look(
        string identityId, string id, DateTimeOffset now, string? again = null, IReadOnlyList<string>? observe = null) => new()
    {
        Id = id,
        Source = Name,
        Subject = identityId,
        Kind = ChangeKind.Look,
        OccurredAt = now,
        ReceivedAt = now,
        Again = again,
        Observe = observe ?? [],
    };
}
