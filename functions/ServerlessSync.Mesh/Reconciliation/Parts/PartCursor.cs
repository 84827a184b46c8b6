using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Where a part goes on, as text.</summary>
static class PartCursor
{
    public static string Write<T>(T cursor)
        where T : class => WorkflowPayload.From(cursor)!;

    public static T Read<T>(string? cursor)
        where T : class, new() => cursor is null ? new T() : WorkflowPayload.To<T>(cursor);
}
