using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>An entry of an audit stream with its content.</summary>
sealed record TrailEntry(AuditEntry Entry, JsonNode Content);

/// <summary>Reads audit streams as they lie in the store.</summary>
static class Trail
{
    public static async Task<IReadOnlyList<TrailEntry>> ReadAsync(IRowStore rows, string identityId)
    {
        var entries = new List<TrailEntry>();
        await foreach (var row in rows.QueryAsync(TableNames.Identities, identityId, KeyRange.StartingWith(AuditChain.EntryPrefix), CancellationToken.None))
        {
            var entry = MeshJson.FromRow<AuditEntry>(row);
            var payload = await rows.GetAsync(new RowAddress(TableNames.Identities, identityId, AuditChain.PayloadKey(entry.Number)), CancellationToken.None);
            entries.Add(new TrailEntry(entry, JsonNode.Parse(MeshJson.FromRow<AuditPayload>(payload!).Content)!));
        }

        return entries;
    }

    /// <summary>Whether each run of an identity said it was green, by run.</summary>
    public static async Task<IReadOnlyDictionary<string, bool>> GreenAsync(IRowStore rows, string identityId) =>
        (await ReadAsync(rows, identityId))
        .Where(e => e.Entry.Kind == AuditKind.RunEnded)
        .ToDictionary(e => e.Entry.Id.Split(':')[0], e => (bool)e.Content["green"]!);
}
