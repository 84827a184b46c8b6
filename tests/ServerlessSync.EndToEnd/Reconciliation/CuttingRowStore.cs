using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A row store that cuts the power right after the nth commit of sorted runs was stored: nobody hears of it.</summary>
sealed class CuttingRowStore(IRowStore inner, Power power) : IRowStore
{
    int _commits;

    /// <summary>Which one, from 1; 0 for none.</summary>
    public int At { get; set; }

    public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) => inner.GetAsync(address, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, partition, range, cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        inner.ScanAsync(table, partitions, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        var result = await inner.CommitAsync(batch, cancellationToken);
        if (batch.Table == TableNames.SortedRuns && Interlocked.Increment(ref _commits) == At)
        {
            power.CutNow();
        }

        return result;
    }
}
