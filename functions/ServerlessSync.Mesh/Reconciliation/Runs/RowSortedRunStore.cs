using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Sorted runs as rows: a chunk is a row in the partition of its run, the index a row in the partition of its side.</summary>
/// <param name="rows">The row store.</param>
public sealed class RowSortedRunStore(IRowStore rows) : ISortedRunStore
{
    const string Table = TableNames.SortedRuns;

    // No encoded text holds it, so side and run cannot run into one another.
    const string Joint = "!";

    // The first byte of an index row says whether its chunks are all there; the run's name and its index follow.
    const byte Begun = 0;
    const byte Whole = 1;

    const int GroupBytes = 2 * 1024 * 1024;

    // Stands behind the name: no UTF-8 has it.
    static ReadOnlySpan<byte> NameEnd => [0xff];

    /// <inheritdoc/>
    public async Task WriteAsync(string side, string name, IEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(side, KeyText.Encode(name));
        // From here on there is no whole run of the name, and a drop knows that there may be rows of it.
        await PutIndexAsync(side, name, Begun, [], cancellationToken);
        var index = new RunIndex(side, name);
        var group = new List<RowWrite>();
        var bytes = 0;
        foreach (var chunk in chunks)
        {
            index.Add(chunk.Span);
            if (group.Count == StoreLimits.BatchRows || (group.Count > 0 && bytes + chunk.Length > GroupBytes))
            {
                await CommitAsync(partition, group, cancellationToken);
                group = [];
                bytes = 0;
            }

            group.Add(RowWrite.Put(KeyOf(index.Chunks - 1), chunk.ToArray()));
            bytes += chunk.Length;
        }

        await CommitAsync(partition, group, cancellationToken);
        await DeleteFromAsync(partition, index.Chunks, cancellationToken);
        await PutIndexAsync(side, name, Whole, index.ToBytes(), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SortedRun>> ListAsync(string side, CancellationToken cancellationToken)
    {
        var runs = new List<SortedRun>();
        await foreach (var row in rows.QueryAsync(Table, KeyText.Encode(side), KeyRange.All, cancellationToken))
        {
            if (ReadIndex(side, row) is { } index)
            {
                runs.Add(index.ToRun());
            }
        }

        return [.. runs.OrderBy(run => run.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(SortedRun run, int fromChunk, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var row = await rows.GetAsync(new(Table, KeyText.Encode(run.Side), KeyText.Encode(run.Name)), cancellationToken);
        if (row is null || ReadIndex(run.Side, row) is not { } index)
        {
            throw new DamagedRunException(run.Side, run.Name, null, "is gone");
        }

        index.Require(run);
        for (var chunk = fromChunk; chunk < index.Chunks; chunk++)
        {
            var body = (await rows.GetAsync(new(Table, PartitionOf(run.Side, KeyText.Encode(run.Name)), KeyOf(chunk)), cancellationToken))?.Body ?? default;
            index.Require(chunk, body.Span);
            yield return body;
        }
    }

    /// <inheritdoc/>
    public async Task DropAsync(string side, CancellationToken cancellationToken)
    {
        await foreach (var row in rows.QueryAsync(Table, KeyText.Encode(side), KeyRange.All, cancellationToken))
        {
            var partition = PartitionOf(side, row.Key);
            var known = ChunksOf(side, row);
            for (var chunk = 0; chunk < known; chunk += StoreLimits.BatchRows)
            {
                var portion = Math.Min(StoreLimits.BatchRows, known - chunk);
                await CommitAsync(partition, [.. Enumerable.Range(chunk, portion).Select(number => RowWrite.Delete(KeyOf(number)))], cancellationToken);
            }

            await DeleteFromAsync(partition, known, cancellationToken);
            await CommitAsync(KeyText.Encode(side), [RowWrite.Delete(row.Key)], cancellationToken);
        }
    }

    static string PartitionOf(string side, string nameKey) => string.Concat(KeyText.Encode(side), Joint, nameKey);

    static string KeyOf(int chunk) => chunk.ToString("D6", CultureInfo.InvariantCulture);

    // Null when the run was begun and never ended.
    static RunIndex? ReadIndex(string side, Row row)
    {
        var body = row.Body.Span;
        if (row.Damaged || body.IsEmpty || body[0] is not (Begun or Whole))
        {
            throw new DamagedRunException(side, row.Key, null, "has an index that is not what was written");
        }

        if (body[0] == Begun)
        {
            return null;
        }

        var end = body.IndexOf(NameEnd);
        return end < 0
            ? throw new DamagedRunException(side, row.Key, null, "has an index that is not what was written")
            : RunIndex.Parse(side, Encoding.UTF8.GetString(body[1..end]), body[(end + NameEnd.Length)..]);
    }

    static int ChunksOf(string side, Row row)
    {
        try
        {
            return ReadIndex(side, row)?.Chunks ?? 0;
        }
        catch (DamagedRunException)
        {
            // What is damaged is deleted too; its chunks are then looked for.
            return 0;
        }
    }

    Task PutIndexAsync(string side, string name, byte state, ReadOnlySpan<byte> index, CancellationToken cancellationToken)
    {
        byte[] body = [state, .. Encoding.UTF8.GetBytes(name), .. NameEnd, .. index];
        return CommitAsync(KeyText.Encode(side), [RowWrite.Put(KeyText.Encode(name), body)], cancellationToken);
    }

    async Task DeleteFromAsync(string partition, int chunk, CancellationToken cancellationToken)
    {
        await foreach (var row in rows.QueryAsync(Table, partition, new KeyRange(KeyOf(chunk), null), cancellationToken))
        {
            await CommitAsync(partition, [RowWrite.Delete(row.Key)], cancellationToken);
        }
    }

    // Writes without a condition: nothing can conflict.
    async Task CommitAsync(string partition, List<RowWrite> writes, CancellationToken cancellationToken)
    {
        if (writes.Count > 0)
        {
            await rows.CommitAsync(new RowBatch(Table, partition, writes), cancellationToken);
        }
    }
}
