using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Mesh.Audit;

/// <summary>An entry to be appended.</summary>
/// <param name="Id">Stable id (run, step, attempt).</param>
/// <param name="Kind">What it speaks of.</param>
/// <param name="Payload">Its content; may be erased later without breaking the chain. Never holds a secret.</param>
public sealed record AuditDraft(string Id, AuditKind Kind, JsonNode Payload)
{
    /// <summary>An entry whose content is a value.</summary>
    public static AuditDraft Of<T>(string id, AuditKind kind, T payload) =>
        new(id, kind, JsonSerializer.SerializeToNode(payload, Storage.MeshJson.Options)!);
}
