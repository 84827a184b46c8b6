using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Crash;

/// <summary>A row store whose process can die at any write.</summary>
public sealed class CrashableRowStore(IRowStore inner, Power power) : IRowStore
{
    public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        power.Demand();
        return inner.GetAsync(address, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        WhileAliveAsync(inner.QueryAsync(table, partition, range, cancellationToken), cancellationToken);

    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        WhileAliveAsync(inner.ScanAsync(table, partitions, cancellationToken), cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) =>
        await power.WriteAsync(() => inner.CommitAsync(batch, cancellationToken).AsTask());

    async IAsyncEnumerable<Row> WhileAliveAsync(IAsyncEnumerable<Row> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        power.Demand();
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            power.Demand();
            yield return row;
        }
    }
}
