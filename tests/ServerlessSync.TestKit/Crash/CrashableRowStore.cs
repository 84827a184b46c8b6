using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Crash;

/// <summary>A row store whose process can be disrupted at any access.</summary>
public sealed class CrashableRowStore(IRowStore inner, Disruption disruption) : IRowStore
{
    public async ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        await disruption.ReadAsync();
        return await inner.GetAsync(address, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        ReadAsync(inner.QueryAsync(table, partition, range, cancellationToken), cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        ReadAsync(inner.ScanAsync(table, partitions, cancellationToken), cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) =>
        await disruption.WriteAsync(() => inner.CommitAsync(batch, cancellationToken).AsTask());

    async IAsyncEnumerable<Row> ReadAsync(IAsyncEnumerable<Row> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Before the first row and before each one handed out: a read of many rows is many pages.
        await disruption.ReadAsync();
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            await disruption.ReadAsync();
            yield return row;
        }
    }
}
