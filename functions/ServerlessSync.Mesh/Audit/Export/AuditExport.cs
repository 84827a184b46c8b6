using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Writes the record out as JSON objects: entries with what they say, heads, checkpoints and their leaves. With them the record can be verified
/// without the store; the shape is written down in docs/decisions/0007-audit-checkpoints.md.
/// </summary>
/// <param name="store">The store.</param>
public sealed class AuditExport(IRowStore store)
{
    /// <summary>Only what concerns this identity; each leaf then carries the proof that it is under its checkpoint's root.</summary>
    /// <value>null: everything</value>
    public string? IdentityId { get; init; }

    /// <summary>Only entries and checkpoints recorded from this moment on.</summary>
    /// <value>null: from the beginning</value>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Reads the record in bounded memory, one object a line of the export.</summary>
    /// <exception cref="StoreException">The store cannot be read. A row that is damaged is an object that says so.</exception>
    public async IAsyncEnumerable<JsonObject> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var table in AuditTables.All)
        {
            await foreach (var row in RowsAsync(table, cancellationToken))
            {
                if (await OfRowAsync(table, row, cancellationToken) is { } line)
                {
                    yield return line;
                }
            }
        }

        var rows = new CheckpointRows(store);
        await foreach (var row in rows.ReadChainAsync(0, cancellationToken))
        {
            if (!Reading.Try<Checkpoint>(row, out var checkpoint) || checkpoint.Root is null)
            {
                yield return Damaged(TableNames.Checkpoints, row);
            }
            else if (Since is null || checkpoint.At >= Since)
            {
                yield return Line("checkpoint", checkpoint);
                await foreach (var leaf in LeavesAsync(rows, checkpoint, cancellationToken))
                {
                    yield return leaf;
                }
            }
        }
    }

    static JsonObject Line<T>(string record, T value)
    {
        var line = new JsonObject { ["record"] = record };
        var content = JsonSerializer.SerializeToNode(value, MeshJson.Options)!.AsObject();
        foreach (var (name, part) in content.ToList())
        {
            content.Remove(name);
            line[name] = part;
        }

        return line;
    }

    static JsonObject Damaged(string table, Row row) => Line("damaged", new { table, partition = row.Partition, key = row.Key });

    IAsyncEnumerable<Row> RowsAsync(string table, CancellationToken cancellationToken) => IdentityId is { } id
        ? store.QueryAsync(table, id, KeyRange.All, cancellationToken)
        : store.ScanAsync(table, KeyRange.All, cancellationToken);

    async Task<JsonObject?> OfRowAsync(string table, Row row, CancellationToken cancellationToken)
    {
        if (row.Key == AuditChain.HeadKey)
        {
            return Reading.Try<AuditHead>(row, out var head) ? Line("head", new StreamHead(table, row.Partition, head.Number, head.Hash)) : Damaged(table, row);
        }

        if (!row.Key.StartsWith(AuditChain.EntryPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        if (!Reading.Try<AuditEntry>(row, out var entry))
        {
            return Damaged(table, row);
        }

        return Since is null || entry.At >= Since ? await OfEntryAsync(table, row.Partition, entry, cancellationToken) : null;
    }

    async Task<JsonObject> OfEntryAsync(string table, string stream, AuditEntry entry, CancellationToken cancellationToken)
    {
        var line = Line("entry", entry);
        (line["table"], line["stream"]) = (table, stream);
        var row = await store.GetAsync(new RowAddress(table, stream, AuditChain.PayloadKey(entry.Number)), cancellationToken);
        if (row is null)
        {
            line["erased"] = true;
        }
        else if (Reading.Try<AuditPayload>(row, out var payload))
        {
            // As text: its hash is over these very characters.
            line["payload"] = JsonSerializer.SerializeToNode(payload, MeshJson.Options);
        }
        else
        {
            line["damaged"] = true;
        }

        return line;
    }

    async IAsyncEnumerable<JsonObject> LeavesAsync(CheckpointRows rows, Checkpoint checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var all = new List<byte[]>();
        var own = new List<(int Index, StreamHead Leaf)>();
        await foreach (var row in rows.ReadLeafRowsAsync(checkpoint, cancellationToken))
        {
            if (CheckpointRows.LeavesOf(row) is not { } leaves)
            {
                yield return Damaged(TableNames.Checkpoints, row);
                continue;
            }

            foreach (var leaf in leaves.Where(leaf => IdentityId is null))
            {
                yield return OfLeaf(checkpoint, leaf);
            }

            own.AddRange(leaves.Select((leaf, i) => (all.Count + i, leaf)).Where(l => l.leaf.Stream == IdentityId));
            all.AddRange(IdentityId is null ? [] : leaves.Select(CheckpointChain.LeafOf));
        }

        foreach (var (index, leaf) in own)
        {
            var line = OfLeaf(checkpoint, leaf);
            line["index"] = index;
            line["proof"] = new JsonArray([.. MerkleTree.ProofOf(all, index).Select(hash => (JsonNode)Convert.ToBase64String(hash))]);
            yield return line;
        }
    }

    static JsonObject OfLeaf(Checkpoint checkpoint, StreamHead leaf)
    {
        var line = Line("leaf", leaf);
        line["checkpoint"] = checkpoint.Number;
        return line;
    }
}
