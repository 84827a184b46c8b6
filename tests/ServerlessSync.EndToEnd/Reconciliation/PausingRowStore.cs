using System.Collections.Concurrent;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A row store that does something once, right after the nth item was put into a queue of drift.</summary>
sealed class PausingRowStore(IRowStore inner, int at) : IRowStore
{
    const string QueueSuffix = "~queue";

    readonly ConcurrentDictionary<string, bool> _queued = new();

    /// <summary>What it does.</summary>
    public Func<Task> Then { get; set; } = () => Task.CompletedTask;

    /// <summary>Items put into a queue so far.</summary>
    public int Queued => _queued.Count;

    public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) => inner.GetAsync(address, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, partition, range, cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        inner.ScanAsync(table, partitions, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        var result = await inner.CommitAsync(batch, cancellationToken);
        if (batch.Table == TableNames.Drifts
            && batch.Partition.EndsWith(QueueSuffix, StringComparison.Ordinal)
            && batch.Writes.Any(write => write.Body is not null && _queued.TryAdd(write.Key, true))
            && _queued.Count == at)
        {
            await Then();
        }

        return result;
    }
}
