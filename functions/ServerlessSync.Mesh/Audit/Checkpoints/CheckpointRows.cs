using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// The chain of checkpoints in the store. A checkpoint is inserted under its number, so of two who take the same number one wins; its leaves
/// are written before it, in rows as large as a store takes.
/// </summary>
public sealed class CheckpointRows(IRowStore store)
{
    const int ChunkBytes = StoreLimits.RowBytes * 9 / 10;

    /// <summary>More than a leaf takes as JSON besides its stream's name.</summary>
    const int LeafBytes = 192;

    /// <summary>A character of a name takes at most this much as JSON.</summary>
    const int CharBytes = 6;

    const string Table = TableNames.Checkpoints;

    /// <summary>Reads the rows of the chain from a number on, in order.</summary>
    public IAsyncEnumerable<Row> ReadChainAsync(long from, CancellationToken cancellationToken) => store.QueryAsync(
        Table, CheckpointChain.Partition, KeyRange.StartingWith(CheckpointChain.Prefix) with { From = CheckpointChain.KeyOf(from) }, cancellationToken);

    /// <summary>Reads one row of the chain, or null.</summary>
    public ValueTask<Row?> FindAsync(long number, CancellationToken cancellationToken) =>
        store.GetAsync(new RowAddress(Table, CheckpointChain.Partition, CheckpointChain.KeyOf(number)), cancellationToken);

    /// <summary>Reads the rows that hold the leaves of a checkpoint, in order.</summary>
    public IAsyncEnumerable<Row> ReadLeafRowsAsync(Checkpoint checkpoint, CancellationToken cancellationToken) =>
        store.QueryAsync(Table, CheckpointChain.LeavesOf(checkpoint.Number, checkpoint.Root), KeyRange.All, cancellationToken);

    /// <summary>Reads the leaves of every checkpoint up to a number, passing over rows that cannot be read.</summary>
    public async IAsyncEnumerable<(long Checkpoint, StreamHead Leaf)> ReadLeavesAsync(
        long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in ReadChainAsync(1, cancellationToken))
        {
            if (!Reading.Try<Checkpoint>(row, out var checkpoint) || checkpoint.Root is null)
            {
                continue;
            }

            if (checkpoint.Number > upTo)
            {
                yield break;
            }

            await foreach (var leaves in ReadLeafRowsAsync(checkpoint, cancellationToken))
            {
                foreach (var leaf in LeavesOf(leaves) ?? [])
                {
                    yield return (checkpoint.Number, leaf);
                }
            }
        }
    }

    /// <summary>The leaves a row holds, or null when it cannot be read.</summary>
    public static IReadOnlyList<StreamHead>? LeavesOf(Row row) =>
        Reading.Try<List<StreamHead>>(row, out var leaves) && leaves.TrueForAll(leaf => leaf is { Table: not null, Stream: not null }) ? leaves : null;

    /// <summary>Stores a checkpoint with its leaves.</summary>
    /// <returns>False when the number is taken.</returns>
    public async Task<bool> InsertAsync(Checkpoint checkpoint, IReadOnlyList<StreamHead> leaves, CancellationToken cancellationToken)
    {
        var partition = CheckpointChain.LeavesOf(checkpoint.Number, checkpoint.Root);
        var number = 0;
        foreach (var chunk in ChunksOf(leaves))
        {
            var key = number++.ToString("D6", CultureInfo.InvariantCulture);
            await store.CommitAsync(new RowBatch(Table, partition, RowWrite.Put(key, MeshJson.ToBytes(chunk))), cancellationToken);
        }

        var row = RowWrite.Insert(CheckpointChain.KeyOf(checkpoint.Number), MeshJson.ToBytes(checkpoint));
        var inserted = (await store.CommitAsync(new RowBatch(Table, CheckpointChain.Partition, row), cancellationToken)).Committed;
        if (inserted)
        {
            await DropLeftoversAsync(checkpoint, cancellationToken);
        }

        return inserted;
    }

    /// <summary>How far the anchor was seen to reach: 0 when that was never noted, null when the note cannot be read.</summary>
    public async Task<long?> ReadAnchoredAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(new RowAddress(Table, CheckpointChain.Partition, CheckpointChain.AnchoredKey), cancellationToken) is not { } row ? 0
        : Reading.Try<Anchored>(row, out var anchored) ? anchored.Number
        : null;

    /// <summary>Notes how far the anchor reaches.</summary>
    public async Task SaveAnchoredAsync(long number, CancellationToken cancellationToken) => await store.CommitAsync(
        new RowBatch(Table, CheckpointChain.Partition, RowWrite.Put(CheckpointChain.AnchoredKey, MeshJson.ToBytes(new Anchored(number)))), cancellationToken);

    static IEnumerable<List<StreamHead>> ChunksOf(IReadOnlyList<StreamHead> leaves)
    {
        var (chunk, bytes) = (new List<StreamHead>(), 0);
        foreach (var leaf in leaves)
        {
            var size = LeafBytes + (CharBytes * leaf.Stream.Length);
            if (bytes + size > ChunkBytes)
            {
                yield return chunk;
                (chunk, bytes) = ([], 0);
            }

            chunk.Add(leaf);
            bytes += size;
        }

        yield return chunk;
    }

    /// <summary>Leaves of this number that belong to nothing: their host died, or lost the race for it.</summary>
    async Task DropLeftoversAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var own = CheckpointChain.LeavesOf(checkpoint.Number, checkpoint.Root);
        var left = new List<Row>();
        await foreach (var row in store.ScanAsync(Table, KeyRange.StartingWith(CheckpointChain.AnyLeavesOf(checkpoint.Number)), cancellationToken))
        {
            if (row.Partition != own)
            {
                left.Add(row with { Body = default });
            }
        }

        foreach (var row in left)
        {
            await store.CommitAsync(new RowBatch(Table, row.Partition, RowWrite.Delete(row.Key)), cancellationToken);
        }
    }

    sealed record Anchored(long Number);
}
