using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Reads where streams end: of those named, or of all that no checkpoint speaks of as they stand.</summary>
sealed class HeadReader(IRowStore store, CheckpointRows rows)
{
    const int AtOnce = 16;

    /// <summary>Leaves held at once while everything is compared.</summary>
    const int WindowLeaves = 250_000;

    /// <summary>The heads of streams. One that cannot be read is left out: verification names it.</summary>
    public async Task<List<StreamHead>> ReadAsync(IReadOnlyCollection<(string Table, string Stream)> streams, CancellationToken cancellationToken)
    {
        var heads = new List<StreamHead>(streams.Count);
        var gate = new Lock();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(streams, options, async (stream, token) =>
        {
            var row = await store.GetAsync(new RowAddress(stream.Table, stream.Stream, AuditChain.HeadKey), token);
            if (row is not null && Reading.Try<AuditHead>(row, out var head))
            {
                lock (gate)
                {
                    heads.Add(new StreamHead(stream.Table, stream.Stream, head.Number, head.Hash));
                }
            }
        });
        return heads;
    }

    /// <summary>Compares every head with the checkpoints up to a number, and answers those they do not hold. Reads the whole store.</summary>
    public async IAsyncEnumerable<StreamHead> ReadMissingAsync(long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var window in LeafWindow.ReadAsync(rows, upTo, WindowLeaves, cancellationToken))
        {
            foreach (var table in AuditTables.All)
            {
                await foreach (var row in store.ScanAsync(table, KeyRange.All, cancellationToken))
                {
                    if (row.Key == AuditChain.HeadKey
                        && window.Holds(table, row.Partition)
                        && Reading.Try<AuditHead>(row, out var head)
                        && !window.MarksOf(table, row.Partition).Any(mark => mark.Number == head.Number && mark.Hash == head.Hash))
                    {
                        yield return new StreamHead(table, row.Partition, head.Number, head.Hash);
                    }
                }
            }
        }
    }
}
